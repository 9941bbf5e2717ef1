import type { Point } from './viewport.ts';

/** Points of the image, as the pointer goes over them. */
export interface Drawing {
  begin(point: Point): void;
  add(points: Point[]): void;
  end(): void;
  cancel(): void;
}
