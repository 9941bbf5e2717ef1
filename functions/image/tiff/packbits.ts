import { Failure } from '../../core/errors.ts';

/** Decodes PackBits into `out` and returns how many bytes it gave. Source: TIFF 6.0 section 9. */
export function decodePackBits(input: Uint8Array, out: Uint8Array): number {
  let at = 0;
  let written = 0;
  while (at < input.length && written < out.length) {
    const head = input[at++]!;
    if (head === 128) continue; // nothing
    const length = head < 128 ? head + 1 : 257 - head;
    if (written + length > out.length)
      throw new Failure('imageBroken', { detail: 'a PackBits strip holds more than its rows' });
    if (head < 128) {
      if (at + length > input.length)
        throw new Failure('imageBroken', { detail: 'a PackBits strip ends within a run' });
      out.set(input.subarray(at, at + length), written);
      at += length;
    } else {
      if (at === input.length) throw new Failure('imageBroken', { detail: 'a PackBits strip ends within a run' });
      out.fill(input[at++]!, written, written + length);
    }
    written += length;
  }
  if (input.length - at > 4) throw new Failure('imageBroken', { detail: 'a PackBits strip holds more than its rows' });
  return written;
}
