import { buildsEnvironment } from '../../stack/builds-environment.ts';
import { buildsVariable } from '../../stack/resource-variables.ts';
import { handler as sweepHandler } from '../../stages/sweep/handler.ts';
import { readJsonVariable } from './environment.ts';
import { roundFunction } from './lambda.ts';
import { openFleet } from './open-fleet.ts';
import { openPorts } from './ports.ts';

const open = openPorts(sweepHandler.stage);
const fleet = await openFleet(open, process.env);

/** Nothing of it is loaded where the stack builds no images. */
async function openBuilds() {
  if (process.env[buildsVariable] === undefined) return undefined;
  const place = readJsonVariable(buildsVariable, buildsEnvironment, process.env);
  return (await import('../stack-builds.ts')).openStackBuilds({}, place);
}
const builds = await openBuilds();

/** Beside what every stage gets: machines, which it starts again where that was lost, and builds, whose events start it. */
export const handler = roundFunction(sweepHandler, {
  open,
  more: { ...(fleet !== undefined && { fleet }), ...(builds !== undefined && { builds }) },
});
