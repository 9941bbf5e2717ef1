import { broken } from './refusals.ts';

/*
 * ONNX weights may leave tensors to files beside them. Only what names those files is read, by the numbers of its fields
 * (onnx.proto3 of ONNX 1.16, encoded as Protocol Buffers).
 */

/** Of ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto and StringStringEntryProto. */
const field = {
  model: { graph: 7 },
  graph: { node: 1, initializer: 5 },
  node: { attribute: 5 },
  attribute: { tensor: 5, graph: 6, tensors: 10, graphs: 11 },
  tensor: { externalData: 13 },
  entry: { key: 1, value: 2 },
} as const;

/** Wire types. */
const varint = 0;
const fixed64 = 1;
const delimited = 2;
const fixed32 = 5;

/** Graphs within graphs. Deeper ones are none that a model has. */
const deepest = 16;

/** Names of the files that tensors are in, each once. Throws `modelBroken` for what is no ONNX. */
export function externalFiles(onnx: Uint8Array): string[] {
  const names = new Set<string>();
  for (const [number, graph] of messages(onnx)) if (number === field.model.graph) ofGraph(graph, names, 0);
  return [...names];
}

function ofGraph(graph: Uint8Array, names: Set<string>, depth: number): void {
  if (depth > deepest) throw broken('weights.onnx', 'its graphs nest too deep');
  for (const [number, part] of messages(graph)) {
    if (number === field.graph.initializer) ofTensor(part, names);
    if (number !== field.graph.node) continue;
    for (const [of, attribute] of messages(part)) if (of === field.node.attribute) ofAttribute(attribute, names, depth);
  }
}

function ofAttribute(attribute: Uint8Array, names: Set<string>, depth: number): void {
  for (const [number, part] of messages(attribute)) {
    if (number === field.attribute.tensor || number === field.attribute.tensors) ofTensor(part, names);
    if (number === field.attribute.graph || number === field.attribute.graphs) ofGraph(part, names, depth + 1);
  }
}

function ofTensor(tensor: Uint8Array, names: Set<string>): void {
  for (const [number, entry] of messages(tensor)) {
    if (number !== field.tensor.externalData) continue;
    const texts = new Map([...messages(entry)].map(([of, text]) => [of, new TextDecoder().decode(text)]));
    const name = texts.get(field.entry.value);
    if (texts.get(field.entry.key) === 'location' && name !== undefined) names.add(name);
  }
}

/** The fields of a message that have a length; numbers are passed over. */
function* messages(bytes: Uint8Array): Generator<[number: number, value: Uint8Array]> {
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 2 ** 63) throw broken('weights.onnx', 'it is no ONNX file');
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = number();
    const wire = tag % 8;
    const skipped = wire === fixed64 ? 8 : wire === fixed32 ? 4 : wire === delimited ? number() : 0;
    if (wire === varint) number();
    else if (skipped === 0 && wire !== delimited) throw broken('weights.onnx', 'it is no ONNX file');
    const end = at + skipped;
    if (end > bytes.length) throw broken('weights.onnx', 'it is cut off');
    if (wire === delimited) yield [Math.floor(tag / 8), bytes.subarray(at, end)];
    at = end;
  }
}
