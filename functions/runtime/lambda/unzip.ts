import { unzipHandler } from '../../stages/unzip/handler.ts';
import { lambda } from './lambda.ts';
import { logger } from './log.ts';

export const handler = lambda(unzipHandler.stage, async ({ message, ports }) => {
  logger.info('unpacked', { result: await unzipHandler.handle(message, ports) });
});
