import type { Ports } from '../../ports/ports.ts';
import type { Predictor, Segmenter } from '../../ports/predictor.ts';
import type { ModelInput } from './channel.ts';

/** What predict works with beside the ports: the loaded model, and the limits of the machine. */
export interface PredictServices extends Pick<Ports, 'objects' | 'jobs' | 'queue'> {
  engine: Predictor & Segmenter;
  input: ModelInput;
  /** Planes of one image worked on at a time. */
  planesAhead: number;
  /** Waits until `bytes` of memory may be used; the result gives them back. */
  admit(bytes: number): Promise<() => void>;
  /** So many of the image's planes are through. */
  onPlane?(done: number, total: number): void;
  signal?: AbortSignal;
}
