/** Micrometres in one unit of length, as ImageJ and OME-XML spell them. */
const micrometres: Record<string, number> = {
  µm: 1,
  μm: 1, // the Greek letter, which OME's schema has beside the micro sign
  um: 1,
  micron: 1,
  microns: 1,
  micrometer: 1,
  micrometre: 1,
  nm: 1e-3,
  nanometer: 1e-3,
  pm: 1e-6,
  Å: 1e-4,
  mm: 1e3,
  millimeter: 1e3,
  cm: 1e4,
  dm: 1e5,
  m: 1e6,
  meter: 1e6,
  in: 25_400,
  inch: 25_400,
  ft: 304_800,
  pt: 25_400 / 72,
};

/** Undefined for pixels and for units that are no length. ImageJ writes `\u00B5m` where it may not write µ. */
export const micrometresOf = (unit: string): number | undefined => {
  const plain = unit
    .trim()
    .replaceAll(/\\u00B5/gi, 'µ')
    .normalize('NFC');
  return micrometres[plain] ?? micrometres[plain.toLowerCase()];
};

const seconds: Record<string, number> = {
  s: 1,
  sec: 1,
  ms: 1e-3,
  µs: 1e-6,
  μs: 1e-6,
  us: 1e-6,
  ns: 1e-9,
  min: 60,
  h: 3600,
  d: 86_400,
};

export const secondsOf = (unit: string): number | undefined => seconds[unit.trim()];

/** A size or time that is one: positive and finite. */
export const positive = (value: number | undefined): number | undefined =>
  value !== undefined && Number.isFinite(value) && value > 0 ? value : undefined;

/** The same after a change of units, without the noise in a double's last digit (0.1 mm is 100 µm, not 100.00000000000001). */
export const converted = (value: number | undefined): number | undefined =>
  positive(value) === undefined ? undefined : Number(value!.toPrecision(15));
