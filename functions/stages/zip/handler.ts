import type { ZipMessage } from '../../core/messages.ts';
import type { Ports } from '../../ports/ports.ts';
import type { MessageHandler } from '../handler.ts';
import { zip } from './descriptor.ts';
import { type PackageResult, packageResults } from './package.ts';
import { type CorrectedResult, isCorrected, packageCorrected } from './package-corrected.ts';
import type { PackageServices } from './write-results.ts';

/** One message of the zips queue. */
export const handler = {
  stage: zip,
  handle: (message, services): Promise<PackageResult | CorrectedResult> =>
    isCorrected(message) ? packageCorrected(message, services) : packageResults(message, services),
  logLine: (result) => [
    'packaged',
    { result: typeof result === 'object' && ('job' in result || 'round' in result) ? { bytes: result.bytes } : result },
  ],
} satisfies MessageHandler<ZipMessage, PackageServices & Pick<Ports, 'clock'>, PackageResult | CorrectedResult>;
