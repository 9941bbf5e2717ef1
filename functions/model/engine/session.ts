import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Failure } from '../../core/errors.ts';
import type { PlaneFacts } from '../../ports/predictor.ts';
import type { ModelDescription } from '../package/description.ts';
import type { Dtype } from '../package/operations.ts';
import type { ExternalFile } from '../package/package.ts';
import { unsupported } from '../package/refusals.ts';
import type { InputTensor, OutputTensor, TensorAxis } from '../package/tensors.ts';
import { applySteps } from './apply.ts';
import { fromModelOrder, isPlanar, type Size, tensorShape, toModelOrder } from './model-order.ts';

/** One ONNX session over channel maps, whatever order of axes the model has. */
export interface Session {
  /** Buffer of one channel after the other, rows x columns each, for `run` to read. */
  input(height: number, width: number): Float32Array;
  /** Runs the model on what `input` was filled with; maps of (height - 2 crop) / grid x (width - 2 crop) / grid, valid until the next run. Throws `modelFailed`. */
  run(height: number, width: number, facts?: PlaneFacts): Promise<Float32Array[]>;
  release(): Promise<void>;
}

type TensorType = Tensor.Type & Dtype;
type Values = Exclude<Tensor.DataTypeMap[TensorType], BigInt64Array | BigUint64Array | string[]> | Float16Array;

const constructors: Partial<Record<TensorType, new (length: number) => Values>> = {
  float32: Float32Array,
  float64: Float64Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float16: Float16Array,
};

/**
 * The binding (onnxruntime-node 1.30) takes half floats as their bits, in the property where onnxruntime-common keeps the
 * values of a tensor; that one makes a Float16Array of them, which the binding does not know.
 */
function tensorOf(type: TensorType, values: Values, shape: readonly number[]): Tensor {
  if (!(values instanceof Float16Array)) return new Tensor(type, values, shape);
  const bits = new Uint16Array(values.buffer, values.byteOffset, values.length);
  return Object.defineProperty(new Tensor('float16', bits, shape), 'cpuData', { value: bits });
}

/** What a session is made of. */
export interface SessionSetup {
  weights: Uint8Array;
  external: readonly ExternalFile[];
  description: ModelDescription;
  threads: number;
}

/** Opens the weights. Throws `modelBroken` where they do not load or contradict the description. */
export async function openSession({ weights, external, description, threads }: SessionSetup): Promise<Session> {
  const session = await load(weights, external, threads);
  const { input, outputs } = description;
  agree(session, input, outputs);
  const [inputName, inputType] = [session.inputNames[0]!, typeOf(session.inputMetadata[0]!, 'input')];
  const outputTypes = outputs.map((_, i) => typeOf(session.outputMetadata[i]!, `output ${i}`));
  const { crop, grid } = outputs[0]!;
  const outputSize = (height: number, width: number): Size => ({
    height: (height - 2 * crop) / grid,
    width: (width - 2 * crop) / grid,
  });

  let size: Size | undefined;
  let planar = new Float32Array(0);
  let feed: { tensor: Tensor; values: Values };
  let fetches: { tensor: Tensor; values: Values; maps: Float32Array[]; direct: boolean }[] = [];

  /** Buffers for one tile size; they are kept while the size stays, so that a plane's tiles share them. */
  const prepare = (height: number, width: number): void => {
    if (size?.height === height && size.width === width) return;
    size = { height, width };
    planar = new Float32Array(input.channels.length * height * width);
    const values = isPlanar(input.axes) && inputType === 'float32' ? planar : allocate(inputType, planar.length);
    feed = {
      values,
      tensor: tensorOf(inputType, values, tensorShape(input.axes, input.channels.length, height, width)),
    };
    const { height: rows, width: columns } = outputSize(height, width);
    fetches = outputs.map(({ axes, channels }, i) => {
      const flat = allocate(outputTypes[i]!, channels.length * rows * columns);
      const direct = isPlanar(axes) && flat instanceof Float32Array;
      const maps = direct ? flat : new Float32Array(flat.length);
      return {
        values: flat,
        tensor: tensorOf(outputTypes[i]!, flat, tensorShape(axes, channels.length, rows, columns)),
        maps: channels.map((_, c) => maps.subarray(c * rows * columns, (c + 1) * rows * columns)),
        direct,
      };
    });
  };

  return {
    input(height, width) {
      prepare(height, width);
      return planar;
    },
    async run(height, width) {
      prepare(height, width);
      applySteps([{ kind: 'cast', dtype: inputType }], [planar], 0, planar.length); // nothing is done for floats
      if (feed.values !== planar)
        toModelOrder(planar, feed.values, input.axes, input.channels.length, { height, width });
      const wanted = Object.fromEntries(fetches.map(({ tensor }, i) => [session.outputNames[i]!, tensor]));
      try {
        await session.run({ [inputName]: feed.tensor }, wanted);
      } catch (error) {
        throw new Failure(
          'modelFailed',
          { detail: `on a tile of ${height} x ${width}: ${oneLine(error)}` },
          {
            cause: error,
          },
        );
      }
      fetches.forEach(({ values, maps, direct }, i) => {
        if (!direct) fromModelOrder(values, maps, outputs[i]!.axes, outputSize(height, width));
      });
      return fetches.flatMap(({ maps }) => maps);
    },
    release: () => session.release(),
  };
}

const oneLine = (error: unknown): string => (error as Error).message.replaceAll(/\s+/g, ' ').trim();

async function load(
  weights: Uint8Array,
  external: SessionSetup['external'],
  threads: number,
): Promise<InferenceSession> {
  try {
    // The binding refuses shared memory, so each session starts from a copy.
    return await InferenceSession.create(Uint8Array.from(weights), {
      ...(external.length > 0 && {
        externalData: external.map(({ path, data }) => ({ path, data: Uint8Array.from(data) })),
      }),
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      enableMemPattern: false, // measured: half the memory for the real package's U-Net, as fast
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    });
  } catch (error) {
    throw new Failure('modelBroken', { detail: `the ONNX weights do not load: ${oneLine(error)}` }, { cause: error });
  }
}

function agree(session: InferenceSession, input: InputTensor, outputs: readonly OutputTensor[]): void {
  const { inputMetadata, outputMetadata } = session;
  // Inputs that have a default are not among them.
  if (inputMetadata.length !== 1)
    throw unsupported(
      'weights.onnx',
      `${inputMetadata.length} inputs without a default (${session.inputNames.join(', ')})`,
    );
  if (outputMetadata.length < outputs.length)
    throw new Failure('modelBroken', {
      detail: `weights.onnx has ${outputMetadata.length} outputs, the description ${outputs.length}`,
    });
  matchShape(inputMetadata[0]!, input.axes, input.channels.length, 'input', input);
  outputs.forEach(({ axes, channels }, i) => void matchShape(outputMetadata[i]!, axes, channels.length, `output ${i}`));
}

function matchShape(
  given: InferenceSession.ValueMetadata,
  axes: readonly TensorAxis[],
  channels: number,
  what: string,
  sizes?: Pick<InputTensor, 'y' | 'x'>,
): void {
  if (!given.isTensor) throw unsupported('weights.onnx', `an ${what} that is no tensor`);
  if (given.shape.length !== axes.length)
    throw new Failure('modelBroken', {
      detail: `weights.onnx: ${what} has ${given.shape.length} axes, the description ${axes.length}`,
    });
  axes.forEach((axis, i) => {
    const extent = given.shape[i]!;
    if (typeof extent !== 'number') return;
    const [expected, free] =
      axis === 'y' || axis === 'x'
        ? [sizes?.[axis].min ?? extent, sizes !== undefined && sizes[axis].step > 0]
        : [axis === 'channel' ? channels : 1, false];
    if (free || extent !== expected)
      throw new Failure('modelBroken', {
        detail: `weights.onnx: ${what} is fixed to ${extent} along ${axis}, the description says ${free ? 'free' : expected}`,
      });
  });
}

function typeOf(given: InferenceSession.ValueMetadata, what: string): TensorType {
  const type = given.isTensor ? given.type : 'string';
  if (!(type in constructors)) throw unsupported('weights.onnx', `an ${what} of type ${type}`);
  return type as TensorType;
}

const allocate = (type: TensorType, length: number): Values => new constructors[type]!(length);
