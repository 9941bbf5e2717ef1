import type { PredictMessage } from '../../core/messages.ts';
import { predict } from './descriptor.ts';
import { predictFile } from './predict.ts';
import type { PredictServices } from './services.ts';

/** One message of the files queue. */
export const predictHandler = {
  stage: predict,
  handle: (message: PredictMessage, services: PredictServices) => predictFile(message, services),
};
