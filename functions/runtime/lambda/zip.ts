import { zipHandler } from '../../stages/zip/handler.ts';
import { lambda } from './lambda.ts';
import { logger } from './log.ts';
import { version } from './version.ts';

export const handler = lambda(zipHandler.stage, async ({ message, ports }) => {
  const result = await zipHandler.handle(message, { ...ports, version });
  logger.info('packaged', { result: typeof result === 'object' && 'job' in result ? { bytes: result.bytes } : result });
});
