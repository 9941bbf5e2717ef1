import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { s3SignedAccess } from '../../adapters/aws/s3-signed-access.ts';
import type { Bucket } from '../../core/object-keys.ts';
import { systemClock as clock } from '../../ports/clock.ts';
import { handler as picturesHandler } from '../../stages/pictures/handler.ts';
import { openPictureTools } from '../picture-tools.ts';
import { messageFunction } from './lambda.ts';
import { readPictureSetup } from './picture-setup.ts';
import { openPorts } from './ports.ts';

/** Of the function's time, kept for reading and writing the picture. */
const ownSeconds = 60;

const open = openPorts(picturesHandler.stage);
const { tools: pictureTools } = openPictureTools(readPictureSetup(import.meta.dirname), {
  signed: s3SignedAccess({ client: open.clients.s3, buckets: open.names.buckets as Record<Bucket, string>, clock }),
  threads: availableParallelism(),
  weights: join(import.meta.dirname, 'faces.onnx'),
  containerSeconds: picturesHandler.stage.timeoutSeconds - ownSeconds,
  // It runs elsewhere, so that its errors say all that is known.
  reach: async (url) => ({ url, explain: (error) => error, [Symbol.asyncDispose]: async () => {} }),
});

export const handler = messageFunction(picturesHandler, { open, services: (given) => ({ ...given, pictureTools }) });
