/** A value that Python would make by calling something: what, and with what. Nothing is called. */
export interface Made {
  global: string;
  args: unknown[];
  state?: unknown;
}

const mark = Symbol('mark');

/** Opcodes (pickletools of Python 3.13) of what numpy writes; sizes are little-endian. */
const opcode = {
  ...{
    proto: 0x80,
    frame: 0x95,
    stop: 0x2e,
    mark: 0x28,
    pop: 0x30,
    memoize: 0x94,
    put: 0x71,
    longPut: 0x72,
    get: 0x68,
    longGet: 0x6a,
  },
  ...{ emptyDict: 0x7d, emptyList: 0x5d, emptyTuple: 0x29, tuple: 0x74, tuple1: 0x85, tuple2: 0x86, tuple3: 0x87 },
  ...{ append: 0x61, appends: 0x65, setItem: 0x73, setItems: 0x75, none: 0x4e, yes: 0x88, no: 0x89 },
  ...{ int4: 0x4a, int1: 0x4b, int2: 0x4d, long1: 0x8a, float: 0x47 },
  ...{ text1: 0x8c, text4: 0x58, text8: 0x8d, bytes1: 0x43, bytes4: 0x42, bytes8: 0x8e },
  ...{ global: 0x63, stackGlobal: 0x93, reduce: 0x52, newObject: 0x81, build: 0x62 },
} as const;

/**
 * Reads a pickle of plain values and numpy's arrays, whose classes and functions stay words. Throws SyntaxError for what is
 * damaged, or has something else.
 */
export function readPickle(bytes: Uint8Array): unknown {
  const reader = cursor(bytes);
  const stack: unknown[] = [];
  const memo = new Map<number, unknown>();
  for (;;) {
    const code = reader.u8();
    if (code === opcode.stop) return stack.pop();
    const handled =
      literal(code, reader, stack) ||
      kept(code, reader, stack, memo) ||
      collected(code, stack) ||
      made(code, reader, stack);
    if (!handled) throw new SyntaxError(`opcode ${code} at byte ${reader.at() - 1} is not one that numpy writes`);
  }
}

/** A character a byte. */
export const latin1 = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

type Cursor = ReturnType<typeof cursor>;

function cursor(bytes: Uint8Array) {
  let at = 0;
  const take = (length: number): Uint8Array => {
    if (!(length >= 0 && at + length <= bytes.length)) throw new SyntaxError(`it ends before byte ${at + length}`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  const view = (length: number): DataView => {
    const part = take(length);
    return new DataView(part.buffer, part.byteOffset, length);
  };
  return {
    at: () => at,
    take,
    view,
    text: (length: number) => new TextDecoder().decode(take(length)),
    u8: () => take(1)[0]!,
    u16: () => view(2).getUint16(0, true),
    u32: () => view(4).getUint32(0, true),
    u64: () => Number(view(8).getBigUint64(0, true)),
    line(): string {
      const end = bytes.indexOf(0x0a, at);
      if (end < 0) throw new SyntaxError('a line has no end');
      return latin1(take(end + 1 - at)).trimEnd();
    },
  };
}

function literal(code: number, reader: Cursor, stack: unknown[]): boolean {
  const values: Record<number, () => unknown> = {
    [opcode.none]: () => undefined,
    [opcode.yes]: () => true,
    [opcode.no]: () => false,
    [opcode.int1]: reader.u8,
    [opcode.int2]: reader.u16,
    [opcode.int4]: () => reader.view(4).getInt32(0, true),
    [opcode.long1]: () => longOf(reader.take(reader.u8())),
    [opcode.float]: () => reader.view(8).getFloat64(0),
    [opcode.text1]: () => reader.text(reader.u8()),
    [opcode.text4]: () => reader.text(reader.u32()),
    [opcode.text8]: () => reader.text(reader.u64()),
    [opcode.bytes1]: () => reader.take(reader.u8()),
    [opcode.bytes4]: () => reader.take(reader.u32()),
    [opcode.bytes8]: () => reader.take(reader.u64()),
    [opcode.emptyDict]: () => new Map(),
    [opcode.emptyList]: () => [],
    [opcode.emptyTuple]: () => [],
    [opcode.mark]: () => mark,
  };
  const value = values[code];
  if (value !== undefined) stack.push(value());
  return value !== undefined;
}

/** Two's complement, of any length. */
function longOf(bytes: Uint8Array): number {
  const value = bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
  return bytes.length > 0 && bytes.at(-1)! >= 0x80 ? value - 256 ** bytes.length : value;
}

/** What names values to use them again, and what says how the pickle is written. */
function kept(code: number, reader: Cursor, stack: unknown[], memo: Map<number, unknown>): boolean {
  const steps: Record<number, () => void> = {
    [opcode.proto]: () => void reader.u8(),
    [opcode.frame]: () => void reader.u64(),
    [opcode.pop]: () => void stack.pop(),
    [opcode.memoize]: () => void memo.set(memo.size, stack.at(-1)),
    [opcode.put]: () => void memo.set(reader.u8(), stack.at(-1)),
    [opcode.longPut]: () => void memo.set(reader.u32(), stack.at(-1)),
    [opcode.get]: () => void stack.push(memo.get(reader.u8())),
    [opcode.longGet]: () => void stack.push(memo.get(reader.u32())),
  };
  steps[code]?.();
  return steps[code] !== undefined;
}

/** Lists, tuples and dictionaries. */
function collected(code: number, stack: unknown[]): boolean {
  const sinceMark = () => {
    const at = stack.lastIndexOf(mark);
    if (at < 0) throw new SyntaxError('a mark is missing');
    const found = stack.splice(at);
    return found.slice(1);
  };
  const last = (count: number) => stack.splice(stack.length - count);
  const setAll = (pairs: unknown[]) => {
    const target = stack.at(-1);
    if (!(target instanceof Map)) throw new SyntaxError('items are set in what is no dictionary');
    for (let i = 0; i < pairs.length; i += 2) target.set(pairs[i], pairs[i + 1]);
  };
  const addAll = (items: unknown[]) => {
    const target = stack.at(-1);
    if (!Array.isArray(target)) throw new SyntaxError('items are added to what is no list');
    target.push(...items);
  };
  const steps: Record<number, () => void> = {
    [opcode.tuple]: () => void stack.push(sinceMark()),
    [opcode.tuple1]: () => void stack.push(last(1)),
    [opcode.tuple2]: () => void stack.push(last(2)),
    [opcode.tuple3]: () => void stack.push(last(3)),
    [opcode.append]: () => addAll(last(1)),
    [opcode.appends]: () => addAll(sinceMark()),
    [opcode.setItem]: () => setAll(last(2)),
    [opcode.setItems]: () => setAll(sinceMark()),
  };
  steps[code]?.();
  return steps[code] !== undefined;
}

/** What Python would look up, call and fill. */
function made(code: number, reader: Cursor, stack: unknown[]): boolean {
  const call = () => {
    const [of, args] = stack.splice(stack.length - 2);
    stack.push({ global: String(of), args: Array.isArray(args) ? args : [] } satisfies Made);
  };
  const steps: Record<number, () => void> = {
    [opcode.global]: () => void stack.push(`${reader.line()}.${reader.line()}`),
    [opcode.stackGlobal]: () => void stack.push(stack.splice(stack.length - 2).join('.')),
    [opcode.reduce]: call,
    [opcode.newObject]: call,
    [opcode.build]: () => {
      const state = stack.pop();
      const target = stack.at(-1);
      if (!isMade(target)) throw new SyntaxError('a state is set in what is no object');
      target.state = state;
    },
  };
  steps[code]?.();
  return steps[code] !== undefined;
}

export const isMade = (value: unknown): value is Made =>
  typeof value === 'object' && value !== null && 'global' in value && 'args' in value;
