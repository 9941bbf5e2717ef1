/** Entries of a table at either end that may have another colour: programs mark what is over- and underexposed. */
const marks = 1;

/**
 * Whether a ColorMap is the lookup table of one fluorescence channel: brightness that never falls, in one hue or grey, whatever
 * its curve. Then an index is an intensity, which Leica, FluoView and Bio-Formats colour for the screen. `map`: all reds, then
 * greens, then blues, each 0 to 65535.
 */
export function isLookupTable(map: Float64Array): boolean {
  const size = map.length / 3;
  if (isRamp(map, 0, size) || (size >= 16 && isRamp(map, marks, size - marks))) return true;
  // what no sample reaches is left black: 12 bits in a table of 16
  let used = size;
  while (used > 0 && map[used - 1] === 0 && map[size + used - 1] === 0 && map[2 * size + used - 1] === 0) used--;
  return used < size && isRamp(map, 0, used);
}

/** The same for the entries from `first` to before `end`. */
function isRamp(map: Float64Array, first: number, end: number): boolean {
  const size = map.length / 3;
  const last = end - 1;
  const top = [map[last]!, map[size + last]!, map[2 * size + last]!] as const;
  const brightest = Math.max(...top);
  if (brightest === 0 || end - first < 2) return false;
  // a colour of 8 bits is rounded, and so is the hue of the top that it is compared with
  const step = map.every((value) => value <= 255) ? 1 : 257;
  let before = 0;
  let levels = 0;
  for (let i = first; i < end; i++) {
    const level = Math.max(map[i]!, map[size + i]!, map[2 * size + i]!);
    if (level < before) return false;
    if (level > before || i === first) levels++;
    before = level;
    for (let s = 0; s < 3; s++)
      if (Math.abs(map[s * size + i]! - (top[s]! * level) / brightest) > 1.5 * step) return false;
  }
  return levels > 1;
}

/** A table that shows nothing: all black, where a writer left it empty, or all of another colour. */
export function isOneColour(map: Float64Array): boolean {
  const size = map.length / 3;
  return size > 1 && map.every((value, i) => value === map[i - (i % size)]);
}
