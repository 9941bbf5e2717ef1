/** Micrometres in one unit of length, as ImageJ and OME-XML spell them. */
const micrometres: Record<string, number> = {
  µm: 1,
  μm: 1, // the Greek letter, which OME's schema has beside the micro sign
  um: 1,
  micron: 1,
  micrometer: 1,
  micrometre: 1,
  nm: 1e-3,
  nanometer: 1e-3,
  nanometre: 1e-3,
  pm: 1e-6,
  Å: 1e-4,
  angstrom: 1e-4,
  mm: 1e3,
  millimeter: 1e3,
  millimetre: 1e3,
  cm: 1e4,
  centimeter: 1e4,
  centimetre: 1e4,
  dm: 1e5,
  m: 1e6,
  meter: 1e6,
  metre: 1e6,
  in: 25_400,
  inch: 25_400,
  ft: 304_800,
  pt: 25_400 / 72,
};

/** Undefined for pixels and for units that are no length. */
export const micrometresOf = (unit: string): number | undefined => factorOf(micrometres, unit);

const seconds: Record<string, number> = {
  s: 1,
  sec: 1,
  second: 1,
  ms: 1e-3,
  msec: 1e-3,
  millisecond: 1e-3,
  µs: 1e-6,
  μs: 1e-6,
  us: 1e-6,
  usec: 1e-6,
  microsecond: 1e-6,
  ns: 1e-9,
  nanosecond: 1e-9,
  m: 60,
  min: 60,
  minute: 60,
  h: 3600,
  hr: 3600,
  hour: 3600,
  d: 86_400,
  day: 86_400,
};

/** Undefined for frames and for units that are no time. */
export const secondsOf = (unit: string): number | undefined => factorOf(seconds, unit);

/** By its spelling, else in lower case, else without the plural's s. ImageJ writes `\u00B5m` where it may not write µ. */
function factorOf(units: Record<string, number>, unit: string): number | undefined {
  const plain = unit
    .replaceAll(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .trim()
    .normalize('NFC');
  const small = plain.toLowerCase();
  for (const name of [plain, small, small.replace(/\.$/, ''), small.replace(/s\.?$/, '')])
    if (Object.hasOwn(units, name)) return units[name];
  return undefined;
}

/** A size or time that is one: positive and finite. */
export const positive = (value: number | undefined): number | undefined =>
  value !== undefined && Number.isFinite(value) && value > 0 ? value : undefined;

/** The same after a change of units, without the noise in a double's last digit (0.1 mm is 100 µm, not 100.00000000000001). */
export const converted = (value: number | undefined): number | undefined =>
  positive(value) === undefined ? undefined : Number(value!.toPrecision(15));
