import type { ObjectChoices } from '../../functions/ports/predictor.ts';
import type { ChannelSamples } from './contrast.ts';
import type { ChannelSource, Found, OpenedImage, PlaneChoice, RemoteFile, ViewedFile, Wanted } from './messages.ts';
import type { Tile } from './tile-choice.ts';

/** What the worker is asked, and what it answers. */
export interface Questions {
  open: { take: ViewedFile; give: OpenedImage };
  /** Samples of some parts of a plane, for its contrast. */
  describe: { take: { plane: PlaneChoice; source: ChannelSource }; give: ChannelSamples };
  /** Samples of one pixel, or its label. */
  pixel: { take: { plane: PlaneChoice; sources: ChannelSource[]; x: number; y: number }; give: number[] };
  /** Objects of one plane, of a file with maps. */
  find: { take: { plane: PlaneChoice; choices: ObjectChoices }; give: Found };
}
export type QuestionName = keyof Questions;

export type ToWorker =
  | { [Name in QuestionName]: { ask: Name; id: number; take: Questions[Name]['take'] } }[QuestionName]
  | { want: Wanted }
  | { renewed: RemoteFile | undefined };

export type FromWorker =
  | { id: number; give: unknown }
  | { id: number; failed: string }
  | { version: number; tile: Tile; bitmap: ImageBitmap }
  | { version: number; tile: Tile; failed: string }
  | { version: number; done: true }
  | { renew: true };
