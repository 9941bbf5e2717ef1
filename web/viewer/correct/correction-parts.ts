import type { PlaneChoice } from '../messages.ts';
import type { Point } from '../viewport.ts';
import type { Shown } from './drawing.ts';

/** Which image of which job is corrected. */
export interface Correctable {
  id: string;
  path: string;
}

export interface CorrectionParts extends Shown {
  of: Correctable | undefined;
  labelPlane: PlaneChoice;
  /** Chooses the object at a point of the image. */
  pick(point: Point): void;
}
