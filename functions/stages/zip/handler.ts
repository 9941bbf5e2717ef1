import type { ZipMessage } from '../../core/messages.ts';
import type { MessageHandler } from '../handler.ts';
import { zip } from './descriptor.ts';
import { type PackageResult, type PackageServices, packageResults } from './package.ts';

/** One message of the zips queue. */
export const handler = {
  stage: zip,
  handle: packageResults,
  logLine: (result) => [
    'packaged',
    { result: typeof result === 'object' && 'job' in result ? { bytes: result.bytes } : result },
  ],
} satisfies MessageHandler<ZipMessage, PackageServices, PackageResult>;
