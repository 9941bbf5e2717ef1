import { zlibError } from './zlib-error.ts';

/** zlib's inflate, as a promise; `format`: `deflate-raw` without the head of zlib. Throws ERR_BUFFER_TOO_LARGE and Z_DATA_ERROR. */
export async function inflate(
  input: Uint8Array<ArrayBuffer>,
  { maxOutputLength: most }: { maxOutputLength: number },
  format: 'deflate' | 'deflate-raw' = 'deflate',
): Promise<Uint8Array> {
  const { readable, writable } = new DecompressionStream(format);
  const writer = writable.getWriter();
  // what goes wrong here goes wrong for the reader too
  writer.write(input).then(
    () => writer.close().catch(() => {}),
    () => {},
  );
  const reader = readable.getReader();
  const out = new Uint8Array(most);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw zlibError('Z_DATA_ERROR', 'incorrect data', error);
    });
    if (done) return out.subarray(0, length);
    if (length + value.length > most) {
      void reader.cancel();
      throw zlibError('ERR_BUFFER_TOO_LARGE', `more than ${most} bytes`);
    }
    out.set(value, length);
    length += value.length;
  }
}
