import type { ByteSource } from '../../../functions/image/image.ts';
import type { RemoteFile } from '../messages.ts';

/** Between attempts at the same bytes. */
const waitsMs = [300, 1500];

/**
 * A file of the service, read by ranges. `renew` signs it once more where the signature is over; undefined: it cannot.
 * Throws what keeps the bytes from coming, in words.
 */
export function remoteSource(first: RemoteFile, renew: () => Promise<RemoteFile | undefined>): ByteSource {
  let file = first;
  let renewing: Promise<void> | undefined;
  const renewed = (): Promise<void> => {
    renewing ??= renew()
      .then((fresh) => {
        if (fresh === undefined) throw new Error('the file is not there any more');
        if (fresh.bytes !== first.bytes) throw new Error('the file has changed; open it again');
        file = fresh;
      })
      .finally(() => {
        renewing = undefined;
      });
    return renewing;
  };

  const attempt = async (
    { url, headers }: RemoteFile,
    offset: number,
    length: number,
  ): Promise<Uint8Array | number> => {
    const answer = await fetch(url, { headers: { ...headers, Range: `bytes=${offset}-${offset + length - 1}` } });
    const whole = answer.status === 200 && offset === 0 && length === first.bytes;
    if (answer.status !== 206 && !whole) {
      await answer.body?.cancel();
      if (answer.status === 200) throw new Error('the store gives whole files only');
      return answer.status;
    }
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (bytes.length !== length) throw new TypeError(`${bytes.length} of ${length} bytes came`);
    return bytes;
  };

  /** The bytes, or the status where there may be some at the next attempt: 0 where nothing answered. */
  const patient = async (used: RemoteFile, offset: number, length: number): Promise<Uint8Array | number> => {
    try {
      return await attempt(used, offset, length);
    } catch (error) {
      if (error instanceof TypeError) return 0; // as fetch throws it
      throw error;
    }
  };

  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    for (let tries = 0; ; tries++) {
      const used = file;
      const found = await patient(used, offset, length);
      if (typeof found !== 'number') return found;
      if (found !== 403 || tries > 0) await again(found, tries);
      else if (used === file) await renewed();
    }
  };

  return {
    size: first.bytes,
    async read(offset, length) {
      if (!(offset >= 0 && length >= 0 && offset + length <= first.bytes))
        throw new RangeError(`bytes ${offset}..${offset + length} of ${first.bytes}`);
      return length === 0 ? new Uint8Array(0) : read(offset, length);
    },
  };
}

/** Waits before the next attempt. Throws where there is none. */
async function again(status: number, tries: number): Promise<void> {
  const wait = waitsMs[tries];
  if (!isPassing(status) || wait === undefined) throw new Error(inWords(status));
  await new Promise((resolve) => setTimeout(resolve, wait));
}

const isPassing = (status: number): boolean => status === 0 || status === 429 || status >= 500;

function inWords(status: number): string {
  if (status === 0) return 'the service does not answer';
  return status === 404 ? 'the file is not there any more' : `the store answers ${status}`;
}
