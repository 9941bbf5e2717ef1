import type { Context } from 'aws-lambda';
import { sweepHandler } from '../../stages/sweep/handler.ts';
import { logger } from './log.ts';
import { openPorts } from './ports.ts';

const { allowed } = openPorts(sweepHandler.stage);

/** One round; a round that fails is not repeated, as the next comes soon. */
export const handler = async (_event: unknown, context: Context): Promise<void> => {
  logger.addContext(context);
  logger.info('swept', { report: await sweepHandler.handle(allowed) });
};
