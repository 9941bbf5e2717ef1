import { handler as sweepHandler } from '../../stages/sweep/handler.ts';
import { roundFunction } from './lambda.ts';
import { openFleet } from './open-fleet.ts';

/** Beside what every stage gets: the machines, which it starts again where that was lost. */
export const handler = roundFunction(sweepHandler, (open) => {
  const fleet = openFleet(open, process.env);
  return fleet === undefined ? {} : { fleet };
});
