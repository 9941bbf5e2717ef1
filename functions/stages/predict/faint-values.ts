import type { Plane } from '../../image/image.ts';
import type { Operation } from '../../model/package/operations.ts';

/** How a package brings values to a scale: it divides by what they span and a small number (eps) that keeps it from 0. */
export type Normalisation = Extract<Operation, { kind: 'scaleRange' | 'zeroMean' }>;

/** The first that sees the values as they are in the file; undefined where there is none. */
export function normalisationOf(preprocessing: readonly Operation[]): Normalisation | undefined {
  const first = preprocessing.find(({ kind }) => kind !== 'cast');
  return first?.kind === 'scaleRange' || first?.kind === 'zeroMean' ? first : undefined;
}

/** Values of a plane that are looked at. */
const mostLooked = 65_536;
/** Of eps: from there on it takes less than a tenth of the contrast. */
const fewTimes = 10;

/**
 * A note for a plane of floats whose values span so little that eps, which the package states, takes contrast from what the
 * model sees. Undefined where it does not, and where all values are one.
 */
export function faintNote({ type, data }: Plane, normalisation: Normalisation | undefined): string | undefined {
  if (normalisation === undefined || !type.startsWith('float')) return undefined;
  const span = spanOf(data as Float32Array | Float64Array, normalisation);
  if (!(span > 0 && span < fewTimes * normalisation.eps)) return undefined;
  return `its values span only ${span.toPrecision(2)}, and the model adds ${normalisation.eps} to that: objects may be missed; multiply the values by ${multiplier(span)} and run again`;
}

/** Of the values that are looked at, evenly spread: between the percentiles, or one standard deviation. */
function spanOf(data: Float32Array | Float64Array, normalisation: Normalisation): number {
  const step = Math.max(1, Math.ceil(data.length / mostLooked));
  const values: number[] = [];
  for (let i = 0; i < data.length; i += step) if (Number.isFinite(data[i])) values.push(data[i]!);
  if (values.length === 0) return 0;
  if (normalisation.kind === 'zeroMean') {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  }
  const sorted = Float64Array.from(values).sort();
  const at = (percent: number) => sorted[Math.round((percent / 100) * (sorted.length - 1))]!;
  return at(normalisation.high) - at(normalisation.low);
}

/** The power of ten that brings the span to 1 or more. */
const multiplier = (span: number): string => `1e${Math.ceil(-Math.log10(span))}`;
