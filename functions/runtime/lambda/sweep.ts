import { handler as sweepHandler } from '../../stages/sweep/handler.ts';
import { roundFunction } from './lambda.ts';
import { openFleet } from './open-fleet.ts';
import { openPorts } from './ports.ts';

const open = openPorts(sweepHandler.stage);
const fleet = await openFleet(open, process.env);

/** Beside what every stage gets: the machines, which it starts again where that was lost. */
export const handler = roundFunction(sweepHandler, { open, more: fleet === undefined ? {} : { fleet } });
