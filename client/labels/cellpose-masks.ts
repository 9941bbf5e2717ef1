import { isMade, latin1, readPickle } from './pickle.ts';

/** Labels as Cellpose keeps them beside an image: planes x rows x columns; of one plane 1 x rows x columns. */
export interface CellposeMasks {
  planes: number;
  height: number;
  width: number;
  labels: ArrayLike<number>;
}

/** `\x93NUMPY`, the beginning of every .npy file. */
const magic = '\x93NUMPY';

/**
 * The masks of a `_seg.npy` file: numpy's file of one object, a dictionary whose `masks` is an array of whole numbers
 * (cellpose, io.py, masks_flows_to_seg). Nothing in it is run. Throws SyntaxError for what is none.
 */
export function readCellposeMasks(file: Uint8Array): CellposeMasks {
  if (file.length < 12 || latin1(file.subarray(0, magic.length)) !== magic) throw new SyntaxError('it is no .npy file');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const [length, head] = file[6] === 1 ? [view.getUint16(8, true), 10] : [view.getUint32(8, true), 12];
  const header = latin1(file.subarray(head, head + length));
  if (!/'descr':\s*'\|O'/.test(header)) throw new SyntaxError('it holds an array, not the dictionary of Cellpose');
  const saved = readPickle(file.subarray(head + length));
  const [content] = isMade(saved) && Array.isArray(saved.state) ? (saved.state.at(-1) as unknown[]) : [saved];
  const masks = content instanceof Map ? content.get('masks') : undefined;
  if (!isMade(masks) || !Array.isArray(masks.state)) throw new SyntaxError('it has no masks');
  const [, shape, type, isFortran, bytes] = masks.state as unknown[];
  if (
    !Array.isArray(shape) ||
    !(bytes instanceof Uint8Array) ||
    (shape.length !== 2 && shape.length !== 3) ||
    isFortran === true
  )
    throw new SyntaxError('its masks are no image');
  const [planes, height, width] = (shape.length === 2 ? [1, ...shape] : shape) as [number, number, number];
  const labels = numbersOf(bytes, type);
  if (labels.length !== planes * height * width) throw new SyntaxError('its masks are cut off');
  return { planes, height, width, labels };
}

/** `type`: numpy's: letter and bytes, such as `u2`, and in its state the byte order. */
function numbersOf(bytes: Uint8Array, type: unknown): ArrayLike<number> {
  const name = isMade(type) ? String(type.args[0]) : '';
  const isBig = isMade(type) && Array.isArray(type.state) && type.state[1] === '>';
  const own = new Uint8Array(bytes).buffer; // aligned
  if (isBig) throw new SyntaxError('its masks are big-endian');
  switch (name) {
    case 'u1':
      return new Uint8Array(own);
    case 'u2':
      return new Uint16Array(own);
    case 'u4':
      return new Uint32Array(own);
    case 'i4':
      return new Int32Array(own);
    case 'i8':
      return Float64Array.from(new BigInt64Array(own), Number);
    default:
      throw new SyntaxError(`its masks are of the type ${name}`);
  }
}
