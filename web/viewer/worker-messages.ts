import type { Received } from '../../functions/core/edit-replica.ts';
import type { EditOperation } from '../../functions/core/edits.ts';
import type { ObjectChoices } from '../../functions/ports/predictor.ts';
import type { ChannelSamples } from './contrast.ts';
import type { Acted } from './correct/corrected-plane.ts';
import type { Gesture } from './correct/gestures.ts';
import type { GrownInMap } from './correct/grow-in-map.ts';
import type { ImportedFile } from './correct/session-parts.ts';
import type {
  AskedPlace,
  ChannelSource,
  Found,
  Grown,
  NextPlace,
  OpenedImage,
  PlaneChoice,
  Proposed,
  RemoteFile,
  SignedPart,
  ViewedFile,
  Wanted,
} from './messages.ts';
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
  /** From now on the plane is shown with these corrections. */
  correct: { take: { plane: PlaneChoice; stored: EditOperation[]; own: EditOperation[] }; give: undefined };
  /** Corrects the plane. */
  act: { take: Gesture; give: Acted };
  /** Makes the plane what it was after the operations `until`; `since`: those that came after them. */
  restore: { take: { until: EditOperation[]; since: EditOperation[] }; give: Acted };
  /** Labels of a file. */
  openImport: { take: ImportedFile; give: undefined };
  /** Makes the plane what the file says. */
  importPlane: { take: undefined; give: Acted };
  /** Corrections that the service has after those that it had. */
  receive: { take: EditOperation[]; give: Received };
  /** From now on labels are shown as the file has them. */
  uncorrect: { take: undefined; give: undefined };
  /** Pixels around a point that are like it: runs (row, first column, number of pixels). */
  grow: { take: Grown; give: number[] };
  /** The object at a point of the plane that is corrected, by the model's map; undefined: it has none there. */
  propose: { take: Proposed; give: GrownInMap | undefined };
  nextUncertain: { take: AskedPlace; give: NextPlace | undefined };
}
export type QuestionName = keyof Questions;

export type ToWorker =
  | { [Name in QuestionName]: { ask: Name; id: number; take: Questions[Name]['take'] } }[QuestionName]
  | { want: Wanted }
  | { renewed: RemoteFile | undefined; part: SignedPart };

export type FromWorker =
  | { id: number; give: unknown }
  | { id: number; failed: string }
  | { version: number; tile: Tile; bitmap: ImageBitmap }
  | { version: number; tile: Tile; failed: string }
  | { version: number; done: true }
  | { renew: SignedPart };
