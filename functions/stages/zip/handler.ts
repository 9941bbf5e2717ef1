import type { ZipMessage } from '../../core/messages.ts';
import { zip } from './descriptor.ts';
import { type PackageServices, packageResults } from './package.ts';

/** One message of the zips queue. */
export const zipHandler = {
  stage: zip,
  handle: (message: ZipMessage, services: PackageServices) => packageResults(message, services),
};
