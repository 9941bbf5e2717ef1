const orientationTag = 0x0112;
/** Entries of a directory that are looked at: cameras write some dozens. */
const mostEntries = 512;

/**
 * The tag Orientation of a TIFF file's first directory, or of an EXIF block, which is made as one (CIPA DC-008, 4.5); 1
 * where it has none or is not one, as BigTIFF.
 */
export function tiffOrientation(block: Uint8Array): number {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  if (block.length < 8) return 1;
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return 1;
  const little = order === 0x4949;
  const directory = view.getUint32(4, little);
  if (directory + 2 > block.length) return 1;
  const entries = Math.min(mostEntries, view.getUint16(directory, little));
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + 12 * i;
    if (at + 12 > block.length) return 1;
    if (view.getUint16(at, little) === orientationTag) return view.getUint16(at + 8, little);
  }
  return 1;
}

/** Of a JPEG: in its first segment APP1 that starts with `Exif` and two zeros. */
export function jpegOrientation(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1; // fill byte
      continue;
    }
    if (marker === 0xda) return 1;
    const end = at + 2 + view.getUint16(at + 2);
    const isExif = marker === 0xe1 && Buffer.from(bytes.subarray(at + 4, at + 10)).equals(exifStart);
    if (isExif) return tiffOrientation(bytes.subarray(at + 10, Math.min(end, bytes.length)));
    at = end;
  }
  return 1;
}

const exifStart = Buffer.from('Exif\0\0', 'latin1');

/** Of a PNG: its chunk eXIf, and whether it has frames (acTL). Source: PNG specification, third edition, 11.3. */
export function pngFacts(bytes: Uint8Array): { animated: boolean; orientation: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [animated, orientation] = [false, 1];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const name = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1');
    if (name === 'acTL') animated = true;
    if (name === 'eXIf') orientation = tiffOrientation(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return { animated, orientation };
}
