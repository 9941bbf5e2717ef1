import { Failure } from '../../core/errors.ts';
import type { Invoke } from '../../ports/endpoint.ts';
import type { ModelDescription } from '../package/description.ts';
import { npyHeader, readNpy } from '../package/npy.ts';
import type { Session } from './session.ts';

/** Bytes of an answer beside its values, and of the widest value: what is larger is not read. */
const [answerHeader, widestValue] = [64 * 1024, 8];

/**
 * A model that a container runs (docs/containers.md): a tile goes as a .npy file of float32, channels x rows x columns, and
 * comes back as one, maps x rows x columns. `run` throws `modelBroken` for an answer of another shape, and what `invoke` throws.
 */
export function npySession({ input, outputs }: ModelDescription, invoke: Invoke): Omit<Session, 'release'> {
  const crop = outputs[0]!.crop;
  const names = outputs.flatMap(({ channels }) => channels);
  /** A whole .npy file, so that what `input` is filled with is sent without a copy. */
  let file = new Uint8Array(0);
  let samples = new Float32Array(0);
  let size = '';
  return {
    input(height, width) {
      if (size === `${height} ${width}`) return samples;
      size = `${height} ${width}`;
      const header = npyHeader([input.channels.length, height, width]);
      file = new Uint8Array(header.length + 4 * input.channels.length * height * width);
      file.set(header);
      samples = new Float32Array(file.buffer, header.length);
      return samples;
    },
    async run(height, width, facts) {
      const [rows, columns] = [height - 2 * crop, width - 2 * crop];
      const most = answerHeader + widestValue * names.length * rows * columns;
      const answer = await invoke(file, { facts, most });
      const { shape, data } = readNpy(answer, 'the answer of the container');
      const flat = shape.length === 2 ? [1, ...shape] : shape;
      if (flat.join() !== [names.length, rows, columns].join())
        throw new Failure('modelBroken', {
          detail: `the container gives ${shape.join(' x ')}, the description says ${names.length} x ${rows} x ${columns}`,
        });
      return names.map((_, i) => {
        const map = data.subarray(i * rows * columns, (i + 1) * rows * columns);
        return map instanceof Float32Array ? map : new Float32Array(map);
      });
    },
  };
}
