/**
 * What becomes of the planes of one image. `link`: objects are linked across depth and tracked over time, so that each counts
 * once; `each`: every plane by itself; `max`, `mean`: the depths are projected to one plane before it is predicted, and time
 * points are tracked.
 */
export const planeModes = ['link', 'each', 'max', 'mean'] as const;
export type PlaneMode = (typeof planeModes)[number];

/** Where nobody says otherwise: an object counts once. */
export const usualPlaneMode: PlaneMode = 'link';

export const isProjection = (mode: PlaneMode): mode is 'max' | 'mean' => mode === 'max' || mode === 'mean';
