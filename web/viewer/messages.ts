import type { ImageInfo } from '../../functions/image/image.ts';
import type { Colour } from './colours.ts';
import type { LabelStyle } from './label-paint.ts';
import type { StoredLevel, Tile } from './tile-choice.ts';

/** A file of the service: where it is, until its signature is over. */
export interface RemoteFile {
  url: string;
  headers: Record<string, string>;
  bytes: number;
}

/** `axes`: what its pages are, as the settings of the job say. */
export type ViewedFile = ({ remote: RemoteFile } | { blob: Blob }) & { name: string; axes?: string | undefined };

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
