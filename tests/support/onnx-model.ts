import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/* Small ONNX models, written field by field: onnx.proto3 of ONNX 1.16, encoded as Protocol Buffers. */

type Part = readonly [number: number, value: number | string | Uint8Array | readonly Part[]];

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return [...bytes, value];
}

function message(parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.map(([number, value]) => {
      if (typeof value === 'number') return Buffer.from([...varint(number * 8), ...varint(value)]);
      const bytes =
        typeof value === 'string' ? Buffer.from(value) : value instanceof Uint8Array ? value : message(value);
      return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes]);
    }),
  );
}

/** TensorProto.DataType. */
export const elementType = { float32: 1, float16: 10 } as const;
type ElementType = keyof typeof elementType;

const valueInfo = (name: string, type: ElementType, dims: readonly (number | string)[]): readonly Part[] => [
  [1, name],
  [
    2,
    [
      [
        1,
        [
          [1, elementType[type]],
          [2, dims.map((dim): Part => [1, typeof dim === 'number' ? [[1, dim]] : [[2, dim]]])],
        ],
      ],
    ],
  ],
];

export interface MultiplyModel {
  /** The model gives its input times this. */
  factor: number;
  type?: ElementType;
  /** The factor lies in a file of this name. */
  external?: string;
  /** The factor is an input that has a default. */
  asInput?: boolean;
}

/** ONNX of `maps = raw * factor`, batch, channel, y, x. */
export function multiplyModel({ factor, type = 'float32', external, asInput = false }: MultiplyModel): Buffer {
  const shape = [1, 1, 'y', 'x'];
  const entry = (key: string, value: string): Part => [
    13,
    [
      [1, key],
      [2, value],
    ],
  ];
  const tensor: readonly Part[] = [
    [2, elementType[type]],
    [8, 'factor'],
    ...(external === undefined
      ? [[9, factorBytes(factor, type)] as const]
      : [
          entry('location', external),
          entry('offset', '0'),
          entry('length', String(factorBytes(factor, type).length)),
          [14, 1] as const,
        ]),
  ];
  return message([
    [1, 8],
    [
      8,
      [
        [1, ''],
        [2, 16],
      ],
    ],
    [
      7,
      [
        [
          1,
          [
            [1, 'raw'],
            [1, 'factor'],
            [2, 'maps'],
            [4, 'Mul'],
          ],
        ],
        [2, 'multiply'],
        [5, tensor],
        [11, valueInfo('raw', type, shape)],
        ...(asInput ? [[11, valueInfo('factor', type, [])] as const] : []),
        [12, valueInfo('maps', type, shape)],
      ],
    ],
  ]);
}

export function factorBytes(factor: number, type: ElementType = 'float32'): Buffer {
  const values = type === 'float32' ? Float32Array.of(factor) : Float16Array.of(factor);
  return Buffer.from(values.buffer);
}

/** What stands in the description of a package of such a model, beside the usual. */
export interface MultiplyDescription {
  /** Behind the weights' source. */
  weights?: string;
  /** Further inputs. */
  inputs?: string;
  /** Postprocessing. */
  post?: string;
  /** config.labdeploy; with a container there are no weights. */
  settings?: string;
}

/** A package of such a model, format 0.5; without `model` it has no weights. */
export async function writeMultiplyPackage(
  folder: string,
  model: MultiplyModel | undefined,
  { weights = '', inputs = '', post = '[]', settings }: MultiplyDescription = {},
): Promise<string> {
  await mkdir(folder, { recursive: true });
  if (model !== undefined) await writeFile(join(folder, 'weights.onnx'), multiplyModel(model));
  const space = (id: string, size: string) => `      - {type: space, id: ${id}, size: ${size}}`;
  const axes = (size: (id: string) => string) =>
    [
      '      - {type: batch}',
      '      - {type: channel, channel_names: [grey]}',
      ...['y', 'x'].map((id) => space(id, size(id))),
    ].join('\n');
  await writeFile(
    join(folder, 'bioimageio.yaml'),
    `format_version: 0.5.4
type: model
name: Multiply
version: 1.0.0
description: made for tests
inputs:
  - id: raw
    axes:
${axes(() => '{min: 1, step: 1}')}
${inputs}outputs:
  - id: maps
    axes:
${axes((id) => `{tensor_id: raw, axis_id: ${id}, offset: 0}`)}
    postprocessing: ${post}
${model === undefined ? 'weights: {}' : `weights:\n  onnx: {source: weights.onnx${weights}}`}
${settings === undefined ? '' : `config: {labdeploy: ${settings}}\n`}`,
  );
  return folder;
}
