import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { normalisePath } from '../core/paths.ts';
import { type Manifest, type ManifestFile, manifestSchema } from './manifest.ts';
import { imagesOfTables, type TableRow } from './table-images.ts';

/** One image that worked. */
interface ResultImage extends TableRow {
  /** Where its measurements are. */
  measurements: string;
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
  const done = manifest.files.filter((file) => file.state === 'done');
  const rows = await readRows(folder, {
    rules: manifest.settings.positive,
    withRegions: done.some(({ regions }) => regions !== undefined),
  });
  if (rows.length !== done.length)
    throw new NoResults('summary.csv', `it has ${rows.length} images, manifest.json has ${done.length}`);
  const images = done.map((file, i): ResultImage => {
    const row = rows[i]!;
    if (row.path !== file.path)
      throw new NoResults('summary.csv', `row ${i + 2} is of ${row.path}, manifest.json has ${file.path} there`);
    return { ...row, measurements: join(folder, measurementsOf(file)) };
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

async function readRows(
  folder: string,
  { rules, withRegions }: { rules: Manifest['settings']['positive']; withRegions: boolean },
): Promise<TableRow[]> {
  const summary = await readTable(folder, 'summary.csv');
  const regions = withRegions ? await readTable(folder, 'regions.csv') : undefined;
  try {
    return imagesOfTables({ summary, regions, rules });
  } catch (error) {
    throw new NoResults('summary.csv', (error as Error).message, { cause: error });
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
