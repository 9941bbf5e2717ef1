import { handler as teachHandler } from '../../stages/teach/handler.ts';
import { messageFunction } from './lambda.ts';
import { openFleet } from './open-fleet.ts';
import { openPorts } from './ports.ts';

const open = openPorts(teachHandler.stage);
const fleet = await openFleet(open, process.env);

/** Beside what every stage gets: machines, on which trainings work. */
export const handler = messageFunction(teachHandler, {
  services: (given) => ({ ...given, ...(fleet !== undefined && { fleet }) }),
  open,
});
