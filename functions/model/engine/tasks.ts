import type { ChannelMeasures, Segmentation } from '../../ports/predictor.ts';
import type { SegmentRequest } from '../instances/segment.ts';
import type { ChannelRequest } from '../measure/channel.ts';
import type { PlaneTask, Prepared, TilePosition } from './predict-plane.ts';
import type { SessionSetup } from './session.ts';

/** What a worker starts with. */
export interface WorkerSetup extends SessionSetup {
  /** Address of the container that runs the model. */
  url?: string | undefined;
}

/** What a worker does, and what it answers. Samples and maps are on shared memory: messages carry references. */
export interface Tasks {
  /** Settles the statistics of a plane. */
  prepare: { ask: { task: PlaneTask }; answer: Prepared };
  /** Predicts one tile into the maps. */
  tile: { ask: { task: PlaneTask; prepared: Prepared; at: TilePosition }; answer: undefined };
  /** Postprocessing of whole maps. */
  finish: { ask: { task: PlaneTask }; answer: undefined };
  /** All three at once, for planes of a single tile. */
  plane: { ask: { task: PlaneTask; at: TilePosition }; answer: undefined };
  segment: { ask: SegmentRequest; answer: Segmentation };
  /** One channel in the regions of a plane. */
  measure: { ask: ChannelRequest; answer: ChannelMeasures };
}
export type TaskKind = keyof Tasks;
type Ask = { [K in TaskKind]: { kind: K } & Tasks[K]['ask'] }[TaskKind];

export type Request = Ask & { id: number };
/** Has no answer. */
export type Order = 'collect';
/** A failure keeps its code across the thread; anything else is our bug and keeps its stack. */
export type Refusal = { code: 'modelFailed' | 'modelBroken' | 'modelUnsupported'; detail: string } | { bug: Error };
export type Reply = { id: number; value: unknown } | { id: number; refusal: Refusal };
/** First message of a worker. */
export type Greeting = { ready: true } | { refusal: Refusal };
