/* ONNX models, written field by field: onnx.proto3 of ONNX 1.16, encoded as Protocol Buffers. */

export type Part = readonly [number: number, value: number | string | Uint8Array | readonly Part[]];

/** Encodes a message: whole numbers as varints, the rest with its length in front. */
function encodeMessage(parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.map(([number, value]) => {
      if (typeof value === 'number') return Buffer.from([...varint(number * 8), ...varint(value)]);
      const bytes =
        typeof value === 'string' ? Buffer.from(value) : value instanceof Uint8Array ? value : encodeMessage(value);
      return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes]);
    }),
  );
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return [...bytes, value];
}

/** TensorProto.DataType. */
const elementTypes = { float32: 1, int64: 7 } as const;

/** Whole numbers from 0 in an attribute are packed. */
export function attribute(name: string, value: string | number[] | Float32Array | string[] | number): Part {
  const of = (type: number, ...parts: readonly Part[]): Part => [5, [[1, name], ...parts, [20, type]]];
  if (typeof value === 'number') return of(2, [3, value]);
  if (typeof value === 'string') return of(3, [4, value]);
  if (value instanceof Float32Array) return of(6, [7, bytesOf(value)]);
  if (typeof value[0] === 'string') return of(8, ...(value as string[]).map((each): Part => [9, each]));
  return of(7, [8, Buffer.from((value as number[]).flatMap(varint))]);
}

export interface OnnxNode {
  op: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: readonly Part[];
  domain?: string;
}

export interface OnnxTensor {
  name: string;
  dims: readonly number[];
  data: Float32Array | BigInt64Array;
}

/** A tensor that goes in or comes out; a size with a name is free. */
interface OnnxValue {
  name: string;
  dims: readonly (number | string)[];
}

export interface OnnxGraph {
  nodes: readonly OnnxNode[];
  tensors: readonly OnnxTensor[];
  input: OnnxValue;
  output: OnnxValue;
}

/** Version of the operators, and of those of machine learning: both are in ONNX Runtime since 1.12. */
const [opset, mlOpset, irVersion] = [16, 3, 8];
export const mlDomain = 'ai.onnx.ml';

/** The bytes of a model of float32 in and out. */
export function encodeModel({ nodes, tensors, input, output }: OnnxGraph): Buffer {
  const graph: Part[] = [
    ...nodes.map(({ op, inputs, outputs, attributes = [], domain = '' }): Part => {
      const ends = [...inputs.map((each): Part => [1, each]), ...outputs.map((each): Part => [2, each])];
      return [1, [...ends, [4, op], ...attributes, [7, domain]]];
    }),
    [2, 'labdeploy'],
    ...tensors.map(({ name, dims, data }): Part => {
      const type = data instanceof Float32Array ? elementTypes.float32 : elementTypes.int64;
      return [5, [...dims.map((dim): Part => [1, dim]), [2, type], [8, name], [9, bytesOf(data)]]];
    }),
    [11, valueInfo(input)],
    [12, valueInfo(output)],
  ];
  const opsets = [
    ['', opset],
    [mlDomain, mlOpset],
  ] as const;
  return encodeMessage([
    [1, irVersion],
    [2, 'labdeploy'],
    [7, graph],
    ...opsets.map(
      ([domain, version]): Part => [
        8,
        [
          [1, domain],
          [2, version],
        ],
      ],
    ),
  ]);
}

const bytesOf = (data: Float32Array | BigInt64Array): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

function valueInfo({ name, dims }: OnnxValue): readonly Part[] {
  const shape = dims.map((dim): Part => [1, typeof dim === 'number' ? [[1, dim]] : [[2, dim]]]);
  const tensorType: readonly Part[] = [
    [1, elementTypes.float32],
    [2, shape],
  ];
  return [
    [1, name],
    [2, [[1, tensorType]]],
  ];
}
