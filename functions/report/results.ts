import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseCsv } from '../core/parse-csv.ts';
import { normalisePath } from '../core/paths.ts';
import { combinationNames } from '../core/positive.ts';
import { type Manifest, type ManifestFile, manifestSchema } from './manifest.ts';
import { type RegionValues, regionsByImage } from './region-rows.ts';
import { type ImageCounts, imageCounts } from './summary-row.ts';

/** One image that worked. */
export interface ResultImage {
  path: string;
  /** Where its measurements are. */
  measurements: string;
  counts: ImageCounts;
  /** Regions of interest; empty where it has none. */
  regions: readonly RegionValues[];
}

/** The results of one job, as they lie in the output folder of `labdeploy run` or in the unpacked zip of a service. */
export interface Results {
  manifest: Manifest;
  images: ResultImage[];
  /** Failed, or left out. */
  others: Exclude<ManifestFile, { state: 'done' }>[];
}

/** A folder whose tables are missing or damaged: `file` in words for its owner. */
export class NoResults extends Error {
  readonly file: string;

  constructor(file: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NoResults';
    this.file = file;
  }
}

/** Reads the tables of a job. Throws NoResults. */
export async function openResults(folder: string): Promise<Results> {
  const manifest = readManifest(await readTable(folder, 'manifest.json'));
  const rows = await readRows(folder, 'summary.csv');
  const done = manifest.files.filter((file) => file.state === 'done');
  if (rows.length !== done.length)
    throw new NoResults('summary.csv', `it has ${rows.length} images, manifest.json has ${done.length}`);
  const rules = manifest.settings.positive ?? [];
  const combinations = combinationNames(rules);
  const hasRegions = done.some(({ regions }) => regions !== undefined);
  const regionRows = hasRegions ? await readRows(folder, 'regions.csv') : [];
  const regions = regionsByImage(regionRows, rules, combinations);
  const images = done.map((file, i): ResultImage => {
    const row = rows[i]!;
    // A path that a spreadsheet would take for a formula has a ' in front (core/csv).
    if (row.path !== file.path && row.path !== `'${file.path}`)
      throw new NoResults('summary.csv', `row ${i + 2} is of ${row.path}, manifest.json has ${file.path} there`);
    return {
      path: file.path,
      measurements: join(folder, measurementsOf(file)),
      counts: imageCounts(row, combinations),
      regions: regions.get(file.path) ?? [],
    };
  });
  return { manifest, images, others: othersOf(manifest) };
}

/** A file of regions that an image was counted in is part of that image. */
function othersOf({ files }: Manifest): Results['others'] {
  const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);
  const used = new Set(
    files.flatMap((file) => (file.state === 'done' && file.regions ? [folderOf(file.path) + file.regions.file] : [])),
  );
  return files.filter((file) => file.state !== 'done').filter(({ path }) => !used.has(path));
}

async function readTable(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (error) {
    throw new NoResults(name, (error as Error).message, { cause: error });
  }
}

function readManifest(text: string): Manifest {
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (error) {
    const detail = error instanceof z.ZodError ? z.prettifyError(error).replaceAll(/\s+/g, ' ') : String(error);
    throw new NoResults('manifest.json', detail, { cause: error });
  }
}

async function readRows(folder: string, name: string): Promise<Record<string, string>[]> {
  const text = await readTable(folder, name);
  try {
    const { columns, rows } = parseCsv(text);
    return rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? ''])));
  } catch (error) {
    throw new NoResults(name, (error as Error).message, { cause: error });
  }
}

/** The results may be of somebody else: their names must stay inside the folder. */
function measurementsOf({ path, results }: Extract<ManifestFile, { state: 'done' }>): string {
  const name = results.find((each) => each.endsWith('_measurements.csv'));
  if (name === undefined) throw new NoResults('manifest.json', `${path} has no measurements`);
  const verdict = normalisePath(name);
  if (verdict.refused !== undefined) throw new NoResults('manifest.json', `${name}: ${verdict.refused}`);
  return verdict.path;
}
