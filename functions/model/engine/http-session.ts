import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../core/errors.ts';
import type { ModelDescription } from '../package/description.ts';
import { readNpy, writeNpy } from '../package/npy.ts';
import type { Session } from './session.ts';

/** Media type of a .npy file, both ways. */
const npyType = 'application/x-npy';

/** A container loads its weights before it answers /ping. */
const pingSeconds = 120;
const pingEverySeconds = 1;
/** A whole plane on a slow processor. */
const answerSeconds = 15 * 60;
/** Seconds before each further attempt of what failed by no fault of the image. */
const againAfter = [1, 4, 16];
/** Characters of a refusal that are shown. */
const shownText = 300;

/**
 * A model that a container runs (docs/containers.md): a tile goes as a .npy file of float32, channels x rows x columns, and
 * comes back as one, maps x rows x columns. Throws `modelBroken` where no container answers.
 */
export async function openHttpSession({ input, outputs, settings }: ModelDescription): Promise<Session> {
  const origin = settings.container!.url;
  await ready(origin);
  const crop = outputs[0]!.crop;
  const names = outputs.flatMap(({ channels }) => channels);
  let buffer = new Float32Array(0);
  return {
    input(height, width) {
      const samples = input.channels.length * height * width;
      if (buffer.length !== samples) buffer = new Float32Array(samples);
      return buffer;
    },
    async run(height, width) {
      const answer = await invoke(origin, writeNpy([input.channels.length, height, width], buffer));
      const [rows, columns] = [height - 2 * crop, width - 2 * crop];
      const { shape, data } = readNpy(answer, 'the answer of the container');
      const flat = shape.length === 2 ? [1, ...shape] : shape;
      if (flat.join() !== [names.length, rows, columns].join())
        throw new Failure('modelBroken', {
          detail: `the container gives ${shape.join(' x ')}, the description says ${names.length} x ${rows} x ${columns}`,
        });
      return names.map((_, i) => Float32Array.from(data.subarray(i * rows * columns, (i + 1) * rows * columns)));
    },
    release: async () => {},
  };
}

async function ready(origin: string): Promise<void> {
  const until = Date.now() + pingSeconds * 1000;
  for (;;) {
    const why = await fetch(new URL('/ping', origin), { signal: AbortSignal.timeout(2000) }).then(
      ({ ok, status }) => (ok ? undefined : `GET /ping answers ${status}`),
      (error: unknown) => reasonOf(error),
    );
    if (why === undefined) return;
    if (Date.now() > until)
      throw new Failure('modelBroken', {
        detail: `no container is ready at ${origin} within ${pingSeconds} s: ${why}`,
      });
    await sleep(pingEverySeconds * 1000);
  }
}

/** 2xx: the maps. 4xx: this image is refused, with the reason. Else it is tried again, and then not the image's fault. */
async function invoke(origin: string, body: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  let why = '';
  for (const seconds of [0, ...againAfter]) {
    await sleep(seconds * 1000);
    try {
      const response = await fetch(new URL('/invocations', origin), {
        method: 'POST',
        headers: { 'Content-Type': npyType, Accept: npyType },
        body,
        signal: AbortSignal.timeout(answerSeconds * 1000),
      });
      if (response.ok) return await response.bytes();
      why = `POST /invocations answers ${response.status}: ${(await response.text()).slice(0, shownText)}`;
      if (response.status < 500 && response.status !== 429) throw new Failure('modelFailed', { detail: why });
    } catch (error) {
      if (error instanceof Failure) throw error;
      why = reasonOf(error);
    }
  }
  throw new Error(`the container at ${origin}: ${why}`);
}

/** Node's fetch says `fetch failed` and hides why in the cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message || message : message;
}
