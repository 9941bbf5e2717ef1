/** The bytes of a source as they go to another thread: an open file of this process, or the bytes themselves. */
export type SourceHandle = { descriptor: number; size: number } | { bytes: Uint8Array };

/** Random access to the bytes of one file: a file here, ranges of an S3 object there. */
export interface ByteSource {
  readonly size: number;
  /** For another thread of this process, which may read by it while the source is open; absent where there is no way. */
  readonly handle?: SourceHandle;
  /**
   * Exactly `length` bytes at `offset`, in memory that is the caller's own to change; asking beyond `size` is the
   * caller's bug and throws RangeError.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** The same into memory that the caller has (shared memory, say), where the source can save the copy. */
  readInto?(offset: number, target: Uint8Array): Promise<void>;
  /**
   * Fills a few kilobytes at once, where the source is a file of this machine: a thread's answer takes longer than the read.
   * Whoever reads many gives way now and then (`async/give-way.ts`).
   */
  readIntoNow?(offset: number, target: Uint8Array): void;
}

/** What is known of a file beside its bytes. */
export interface Beside {
  /** Its name without folders. */
  name?: string;
  /** Opens the file of this name in the same folder, undefined where there is none: some files leave their words to others. */
  sibling?(name: string): Promise<(ByteSource & AsyncDisposable) | undefined>;
}

export type SampleType =
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'float16'
  | 'float32'
  | 'float64';

export type SampleArray =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float16Array
  | Float32Array
  | Float64Array;

/** One two-dimensional image: rows x columns x samples, row-major, samples interleaved. `samples` is 1, or 3/4 for RGB(A). */
export interface Plane {
  height: number;
  width: number;
  samples: number;
  type: SampleType;
  data: SampleArray;
}

/** Size of one pixel in micrometres; `z` is the distance of planes. Absent where the file does not say. */
export interface PixelSize {
  x: number;
  y: number;
  z?: number;
}

/** Where a plane stands in its image; all zero-based. */
export interface PlaneIndex {
  position: number;
  time: number;
  depth: number;
  channel: number;
}

export interface ImageInfo {
  height: number;
  width: number;
  /** Samples a pixel: 1, or 3/4 for RGB(A). */
  samples: number;
  type: SampleType;
  /** How many of each; 1 where the axis is absent. */
  positions: number;
  times: number;
  depths: number;
  channels: number;
  /** One a channel, where the file names them. */
  channelNames: (string | undefined)[];
  pixelSize?: PixelSize;
  /** Seconds between time points. */
  timeStep?: number;
  /** Seconds, of the first plane. */
  exposureTime?: number;
}

/** An image as a scientist means it: planes over position, time, depth and channel, intensities as displayed (white-is-zero turned, palette applied). */
export interface Image {
  readonly info: ImageInfo;
  /** Of the page that holds a plane: more than the plane where a pixel has many samples, each a channel. */
  readonly readBytes?: number;
  /** What was assumed or left out in reading the file, a clause each, for the user to see. */
  readonly notes?: readonly string[];
  /** Why it has no pixel size, where the file has numbers that are none. */
  readonly noPixelSize?: string;
  readPlane(index: PlaneIndex): Promise<Plane>;
}
