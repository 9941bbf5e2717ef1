import { Failure } from '../../core/errors.ts';
import { jpeg2000Stream, jpegStream } from './jpeg-stream.ts';
import { type Layout, samplesTogether } from './layout.ts';
import { rowsOf } from './segments.ts';

/** A decoder of libjpeg-turbo or OpenJPEG, in memory of its own. */
interface WasmDecoder {
  /** Memory for the compressed bytes. */
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  /** Zeros where decoding failed without a throw. */
  getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number };
  getDecodedBuffer(): Uint8Array;
  delete(): void;
}

export interface SegmentDecoder {
  kind: 'jpeg' | 'jpeg2000';
  open(): WasmDecoder;
}

/** A decoder has 2 GiB for the strip, what it came from and what it works with. */
const largestSegment = 256 << 20;

/** Decodes one strip or tile of a layout; the result is the caller's. Throws imageBroken, imageTooLarge and imageUnsupported. */
export function decodeWith(
  { kind, open }: SegmentDecoder,
  layout: Layout,
  input: Uint8Array,
  index: number,
): Uint8Array {
  const name = `${layout.tiled ? 'tile' : 'strip'} ${index}`;
  const { segmentWidth, segmentHeight, jpeg } = layout;
  const samples = samplesTogether(layout);
  const bytes = segmentWidth * segmentHeight * samples * (layout.bits > 8 ? 2 : 1);
  if (bytes > largestSegment)
    throw new Failure('imageTooLarge', { detail: `a JPEG ${name} of ${bytes} bytes; the limit is ${largestSegment}` });
  // what the stream says of itself is checked before the decoder takes memory for it
  const { stream, frame } = kind === 'jpeg' ? jpegStream(input, jpeg ?? {}, name) : jpeg2000Stream(input, name);
  const isRows = frame.height === rowsOf(layout, index) || frame.height === segmentHeight;
  if (frame.width !== segmentWidth || !isRows || frame.components !== samples)
    throw new Failure('imageBroken', {
      detail: `${name} holds ${frame.width} x ${frame.height} pixels of ${frame.components} samples, not ${segmentWidth} x ${rowsOf(layout, index)} of ${samples}`,
    });
  if (frame.bits > layout.bits || frame.bits > 8 !== layout.bits > 8)
    throw new Failure('imageUnsupported', {
      feature: `${name} holds samples of ${frame.bits} bits, its tags say ${layout.bits}`,
    });
  const one = open();
  try {
    one.getEncodedBuffer(stream.length).set(stream);
    one.decode();
    const { width, height } = one.getFrameInfo();
    const decoded = one.getDecodedBuffer();
    if (width !== frame.width || height !== frame.height) throw new RangeError('nothing was decoded');
    return decoded.slice();
  } catch (error) {
    throw new Failure(
      'imageBroken',
      { detail: `${name} does not decode as ${kind === 'jpeg' ? 'JPEG' : 'JPEG 2000'}` },
      {
        cause: error,
      },
    );
  } finally {
    one.delete();
  }
}
