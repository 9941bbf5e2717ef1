import type { ImageInfo, Plane } from '../../functions/image/image.ts';
import { writeTiff } from '../../functions/image/tiff/writer.ts';
import { random } from '../../samples/synthetic.ts';
import { collect } from './memory-source.ts';
import { roiFile } from './roi-file.ts';
import { buildZip } from './zip-builder.ts';

/** px; nuclei lie in a grid of 3 x 3. */
const [size, spacing, radius] = [120, 40, 9];
const depths = 3;
/** µm. */
export const pixel = 0.5;
export const channelNames = ['DAPI', 'c-Fos', 'GFP', 'NeuN'];
/** Of both regions together, that is of the image, mm². */
export const imageArea = (size * pixel) ** 2 / 1e6;

/** What is in one section. Of the nuclei the first are c-Fos positive, the last GFP positive. */
export interface Section {
  path: string;
  condition: string;
  animal: string;
  nuclei: number;
  fos: number;
  gfp: number;
}

/** 2 conditions x 4 animals x 3 sections; what differs between animals and conditions is known. */
export const sections: readonly Section[] = ['ctrl', 'treated'].flatMap((condition, c) =>
  [1, 2, 3, 4].flatMap((each) =>
    [1, 2, 3].map((section): Section => {
      const animal = `m${4 * c + each}`;
      const nuclei = 4 + ((each + section) % 3) + (each % 2) + c;
      const fos = c === 0 ? 1 + (each % 2) : 3 + (section % 2);
      return { path: `${condition}/${animal}_s${section}.tif`, condition, animal, nuclei, fos, gfp: nuclei - 3 };
    }),
  ),
);

/** Of the nuclei of a grid those in the left two columns, and the others. */
export const inRegion = (nuclei: number, region: 'left' | 'right'): number =>
  Array.from({ length: nuclei }, (_, i) => (i % 3 < 2 ? 'left' : 'right')).filter((name) => name === region).length;

/** A stack of four channels. Each nucleus is in all depths, narrower in the outer two. */
export function stackOf({ nuclei, fos, gfp }: Section, seed: number): Promise<Uint8Array> {
  const uniform = random(seed);
  const info: ImageInfo = {
    ...{ height: size, width: size, samples: 1, type: 'uint16', positions: 1, times: 1, depths, channels: 4 },
    channelNames,
    pixelSize: { x: pixel, y: pixel, z: 2 },
  };
  const isLit = [
    (cell: number) => cell < nuclei,
    (cell: number) => cell < fos,
    (cell: number) => cell < nuclei && cell >= nuclei - gfp,
    () => false,
  ];
  const planes: Plane[] = [];
  for (let depth = 0; depth < depths; depth++)
    for (const lit of isLit) {
      const data = Uint16Array.from({ length: size * size }, (_, i) => {
        const [x, y] = [i % size, Math.floor(i / size)];
        const cell = Math.floor(y / spacing) * (size / spacing) + Math.floor(x / spacing);
        const centre = Math.hypot((x % spacing) - spacing / 2, (y % spacing) - spacing / 2);
        const outside = centre - radius + (depth === 1 ? 0 : 1);
        return 300 + 40 * uniform() + (lit(cell) ? 6000 / (1 + Math.exp(outside / 0.8)) : 0);
      });
      planes.push({ height: size, width: size, samples: 1, type: 'uint16', data });
    }
  return collect(writeTiff(info, planes));
}

/** As Fiji saves the regions of all sections of a folder. */
export const roiSet = (): Buffer =>
  buildZip({
    entries: [
      { name: 'left.roi', data: roiFile({ type: 1, box: [0, 0, 2 * spacing, size], name: 'left' }) },
      { name: 'right.roi', data: roiFile({ type: 1, box: [2 * spacing, 0, size, size], name: 'right' }) },
    ],
  });

/** All files of the experiment, by their paths. */
export async function experimentFiles(): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = { 'ctrl/RoiSet.zip': roiSet(), 'treated/RoiSet.zip': roiSet() };
  for (const [i, section] of sections.entries()) files[section.path] = await stackOf(section, i + 1);
  return files;
}

/** The mean and standard deviation (n − 1) over the animals of a condition of the means of their sections. */
export function expectedOf(
  condition: string,
  value: (section: Section) => number,
): { n: number; mean: number; sd: number } {
  const own = sections.filter((section) => section.condition === condition);
  const means = [...Map.groupBy(own, ({ animal }) => animal).values()].map((each) => mean(each.map(value)));
  const all = mean(means);
  const sd = Math.sqrt(means.reduce((sum, each) => sum + (each - all) ** 2, 0) / (means.length - 1));
  return { n: means.length, mean: all, sd };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
