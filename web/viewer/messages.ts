import type { ImageInfo } from '../../functions/image/image.ts';
import type { WatershedSettings } from '../../functions/model/package/settings.ts';
import type { Colour } from './colours.ts';
import type { UncertainPlace } from './correct/uncertain.ts';
import type { LabelStyle } from './label-paint.ts';
import type { StoredLevel, Tile } from './tile-choice.ts';
import type { Point } from './viewport.ts';

/** A file of the service: where it is, until its signature is over. */
export interface RemoteFile {
  url: string;
  headers: Record<string, string>;
  bytes: number;
}

/** How a model turns its maps into objects, by their foreground. */
export type ModelSettings = WatershedSettings;

/**
 * `axes`: what its pages are, as the settings of the job say. `maps`: it has a model's maps, and is shown as the labels of
 * the objects that are found in them with these settings.
 */
export type ViewedFile = ({ remote: RemoteFile } | { blob: Blob }) & {
  name: string;
  axes?: string | undefined;
  maps?: ModelSettings;
  /** How near each pixel is to the threshold of the model, of a label image that can be corrected. */
  foreground?: RemoteFile | undefined;
};

/** Which file of an image is signed once more. */
export type SignedPart = 'image' | 'foreground';
export type Renew = (part: SignedPart) => Promise<RemoteFile | undefined>;

/** Objects of one plane. */
export interface Found {
  count: number;
  milliseconds: number;
}

/** All zero-based. */
export interface PlaneChoice {
  position: number;
  time: number;
  depth: number;
}

/** A channel as the viewer has it: one of the file, or one colour of a colour image. */
export interface ChannelSource {
  channel: number;
  sample: number;
}

/** A point of the image in whose surroundings an object is looked for. */
export interface Grown {
  plane: PlaneChoice;
  source: ChannelSource;
  point: Point;
  /** -1 to 1: moves the threshold from the middle to the darkest or brightest. */
  level: number;
}

/** A point of the plane that is corrected, for which the model's map proposes an object. */
export interface Proposed {
  point: Point;
  /** -1 to 1, from the least of the map to its highest; 0: the threshold of the job. */
  level: number;
  /** The level is not lowered where the map is lower at the point. */
  exact: boolean;
}

/** Of the uncertain places, the next one after a number; 0: none was shown. */
export interface AskedPlace {
  after: number;
  by: 1 | -1;
}
export interface NextPlace extends UncertainPlace {
  /** From 1, of `count`. */
  number: number;
  count: number;
}

/** How tiles are painted. */
export type Paint =
  | { kind: 'channels'; channels: (ChannelSource & { low: number; high: number; colour: Colour })[] }
  | { kind: 'labels'; style: LabelStyle };

/** Tiles that are wanted, the most wanted first. What was wanted before is not, any more. */
export interface Wanted {
  /** Counts up with each plane and paint; tiles say of which they are. */
  version: number;
  plane: PlaneChoice;
  paint: Paint;
  tiles: Tile[];
}

export interface OpenedImage {
  info: ImageInfo;
  notes: readonly string[];
  levels: StoredLevel[];
}
