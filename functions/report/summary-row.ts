/** What a row of summary.csv says of one image. */
export interface ImageCounts {
  /** Objects, each once; of planes that were counted each by itself the mean a plane. */
  objects: number;
  /** Several planes were counted each by itself. */
  perPlane: boolean;
  /** How the number came about, in words, where the table says so. */
  counted?: string;
  /** Of what `objects` were counted in: of several positions all together. Absent where the pixel size is not known. */
  areaMm2?: number;
  /** Objects of each combination of positive channels, in the order of their names. */
  combinations: number[];
  notes?: string;
}

const squareMicrometresPerMm2 = 1e6;

const numberIn = (row: Readonly<Record<string, string>>, column: string): number | undefined => {
  const text = row[column] ?? '';
  const value = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
};

/** `combinations`: names of the columns that count them. */
export function imageCounts(row: Readonly<Record<string, string>>, combinations: readonly string[]): ImageCounts {
  const { objects, perPlane, counted } = objectsOf(row);
  const fields = perPlane ? 1 : (numberIn(row, 'positions') ?? 1);
  const pixels = [numberIn(row, 'width'), numberIn(row, 'height')] as const;
  const size = [numberIn(row, 'pixel_size_x_um'), numberIn(row, 'pixel_size_y_um')] as const;
  const factors = [fields, ...pixels, ...size];
  const area = factors.every((factor) => factor !== undefined)
    ? factors.reduce((product, factor) => product * factor, 1) / squareMicrometresPerMm2
    : undefined;
  const notes = row.notes ?? '';
  return {
    objects,
    perPlane,
    ...(counted !== undefined && { counted }),
    ...(area !== undefined && area > 0 && { areaMm2: area }),
    combinations: combinations.map((name) => numberIn(row, name) ?? 0),
    ...(notes !== '' && { notes }),
  };
}

/** A sum over planes is no number of objects: tables that have one give the mean a plane. */
function objectsOf(row: Readonly<Record<string, string>>): Pick<ImageCounts, 'objects' | 'perPlane' | 'counted'> {
  const objects = numberIn(row, 'objects');
  const each = numberIn(row, 'objects_per_plane');
  if (each !== undefined) {
    const counted = row.counted === '' || row.counted === undefined ? {} : { counted: row.counted };
    return objects === undefined
      ? { objects: each, perPlane: true, ...counted }
      : { objects, perPlane: false, ...counted };
  }
  const planes = numberIn(row, 'planes') ?? 1;
  const isOnce = planes <= (numberIn(row, 'positions') ?? 1); // positions show different objects
  return isOnce ? { objects: objects ?? 0, perPlane: false } : { objects: (objects ?? 0) / planes, perPlane: true };
}
