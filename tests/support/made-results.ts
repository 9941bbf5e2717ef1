import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { csvRow } from '../../functions/core/csv.ts';
import { outputName, outputStems } from '../../functions/core/output-names.ts';
import type { PositiveRule } from '../../functions/core/positive.ts';
import type { FileSummary } from '../../functions/core/summary.ts';
import type { FileReport } from '../../functions/stages/zip/file-report.ts';
import { tables } from '../../functions/stages/zip/tables.ts';

/** One image that worked, with the values of its objects: area in px and mean of GFP. Pixels are 0.5 µm, the image 1 mm² large. */
export interface MadeImage {
  path: string;
  objects: { area: number; gfp: number; positive: boolean }[];
}

const positive: PositiveRule[] = [{ channel: 'GFP', threshold: 800 }];
const card = join(import.meta.dirname, '../../models/nuclei/bioimageio.yaml');

/** Writes what `labdeploy run` leaves of such images, with one file that failed and one that was left out. */
export async function makeResults(folder: string, images: readonly MadeImage[]): Promise<void> {
  const model = {
    ...{ name: 'Nuclei', version: '9', sha256: 'b'.repeat(64) },
    definition: createHash('sha256')
      .update(await readFile(card))
      .digest('hex'),
  };
  const failed = 'ctrl/<b>broken.tif';
  const leftOut = 'notes.txt';
  const stems = outputStems([...images.map(({ path }) => path), failed, leftOut]);
  const done = images.map(({ path, objects }): FileReport => {
    const summary: FileSummary = {
      ...{ path, sha256: 'a'.repeat(64), bytes: 1000, height: 1000, width: 4000, samples: 1, type: 'uint16' },
      ...{ positions: 1, times: 1, depths: 1, channels: 2, channel: { index: 0, name: 'DAPI' } },
      ...{ pixelSize: { x: 0.5, y: 0.5 }, objects: objects.length, model },
      settings: { probabilities: false, positive },
      positive: {
        rules: [{ mean: 'GFP_mean', column: 'GFP_positive', threshold: 800 }],
        combinations: [objects.filter((each) => each.positive).length, objects.filter((each) => !each.positive).length],
      },
      outputs: [{ kind: 'measurements.csv', bytes: 1 }],
    };
    return { state: 'done', stem: stems.get(path)!, summary };
  });
  const others: FileReport[] = [
    { state: 'failed', file: { path: failed, bytes: 0 }, failure: { code: 'imageEmpty', message: 'it has 0 bytes' } },
    {
      state: 'leftOut',
      file: { path: leftOut, bytes: 9 },
      failure: { code: 'imageLeftOut', message: 'left out: its name does not end in .tif' },
    },
  ].map((each) => ({ ...each, file: { ...each.file, state: each.state } }) as FileReport);
  const reported = {
    job: {
      name: 'c-Fos & friends',
      settings: { model: { name: model.name, sha256: model.sha256 }, channel: 'DAPI', positive, archive: false },
    },
    version: '0.1.0',
    files: [...done, ...others],
  };
  await mkdir(folder, { recursive: true });
  for (const [name, write] of Object.entries(tables))
    await writeFile(join(folder, name), [...write(reported)].join(''));
  for (const { path, objects } of images) {
    const file = join(folder, outputName(stems.get(path)!, 'measurements.csv'));
    await mkdir(dirname(file), { recursive: true });
    const rows = objects.map(({ area, gfp, positive: is }, i) => csvRow([i + 1, area, area * 0.25, gfp, is ? 1 : 0]));
    await writeFile(file, csvRow(['label', 'area_px', 'area_um2', 'GFP_mean', 'GFP_positive']) + rows.join(''));
  }
}

/** So many objects of an area in px, each second one positive. */
export const objectsOf = (count: number, area = 40): MadeImage['objects'] =>
  Array.from({ length: count }, (_, i) => ({ area, gfp: i % 2 === 0 ? 900 : 100, positive: i % 2 === 0 }));
