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

/** Bytes of a number of 64 bits. */
const longestNumber = 10;

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
  for (let at = 0; at < bytes.length; ) {
    const tag = readNumber(bytes, at);
    const wire = tag.value % 8;
    const { start, end } = spanOf(bytes, tag.next, wire);
    if (end > bytes.length) throw broken('weights.onnx', 'it is cut off');
    if (wire === delimited) yield [Math.floor(tag.value / 8), bytes.subarray(start, end)];
    at = end;
  }
}

/** Where the value of a field lies whose tag ends at `at`. */
function spanOf(bytes: Uint8Array, at: number, wire: number): { start: number; end: number } {
  switch (wire) {
    case varint:
      return { start: at, end: readNumber(bytes, at).next };
    case fixed64:
      return { start: at, end: at + 8 };
    case fixed32:
      return { start: at, end: at + 4 };
    case delimited: {
      const { value, next } = readNumber(bytes, at);
      return { start: next, end: next + value };
    }
    default:
      throw broken('weights.onnx', 'it is no ONNX file');
  }
}

/** Seven bits a byte, the lowest first. */
function readNumber(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  for (let i = at, factor = 1; i < at + longestNumber; i++, factor *= 128) {
    const byte = bytes[i];
    if (byte === undefined) break;
    value += (byte & 127) * factor;
    if (byte < 128) return { value, next: i + 1 };
  }
  throw broken('weights.onnx', 'it is no ONNX file');
}
