import type { RawField } from './tiff-builder.ts';

/** Olympus FluoView's MM_HEADER: dimensions fastest first. */
export function fluoViewHeader(
  dimensions: readonly { name: string; size: number; step: number; unit: string }[],
): RawField {
  const header = Buffer.alloc(284 + 10 * 100 + 200);
  for (const [i, { name, size, step, unit }] of dimensions.entries()) {
    const at = 284 + i * 100;
    header.write(name, at, 'latin1');
    header.writeInt32LE(size, at + 16);
    header.writeDoubleLE(step, at + 28);
    header.write(unit, at + 36, 'latin1');
  }
  return { type: 1, values: new Uint8Array(header) };
}

/** MetaMorph's UIC2 tag: of each plane its distance in micrometres and when it was taken. */
export function uic2(planes: readonly { distance?: number; ms?: number }[]): RawField {
  const words = planes.flatMap(({ distance = 0, ms = 0 }) => [distance * 1000, 1000, 2_450_000, ms, 2_450_000, ms]);
  return { type: 5, values: new Uint8Array(new Uint32Array(words).buffer), count: planes.length };
}

/** MetaMorph's UIC3 tag: wavelengths in nanometres. */
export const uic3 = (wavelengths: readonly number[]): RawField => ({
  type: 5,
  values: wavelengths.map((wave): [number, number] => [wave, 1]),
});

/** MetaXpress's description of a plane. */
export const metaXpress = (
  properties: Record<string, string | number>,
  plane: Record<string, string | number> = {},
): string => {
  const props = (list: Record<string, string | number>) =>
    Object.entries(list)
      .map(([id, value]) => `<prop id="${id}" type="string" value="${value}"/>`)
      .join('\r\n');
  return `<MetaData>\r\n${props(properties)}\r\n<PlaneInfo>\r\n${props(plane)}\r\n</PlaneInfo>\r\n</MetaData>\r\n`;
};
