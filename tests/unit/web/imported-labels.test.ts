import { describe, expect, it } from '@jest/globals';
import { writeTiff } from '../../../functions/image/tiff/writer.ts';
import { labelOutlines } from '../../../functions/regions/label-outlines.ts';
import { roiBytes } from '../../../functions/regions/roi-writer.ts';
import { importedLabels } from '../../../web/viewer/worker/imported-labels.ts';
import { cellposeSeg } from '../../support/cellpose-seg.ts';
import { labelsOf } from '../../support/edit-maker.ts';
import { collect } from '../../support/memory-source.ts';
import { buildZip } from '../../support/zip-builder.ts';

const size = { height: 4, width: 6, positions: 1, times: 1, depths: 1 };
const plane = { position: 0, time: 0, depth: 0 };
const rows = ['11..22', '11..22', '......', '.3333.'] as const;

async function imported(name: string, bytes: Uint8Array, of = size, at = plane): Promise<number[]> {
  const blob = new Blob([new Uint8Array(bytes)]);
  return Array.from(await (await importedLabels({ name, blob }, of)).planeOf(at));
}
/** The same objects, whatever their numbers. */
const asNumbered = (labels: readonly number[]): number[] => {
  const numbers = new Map([[0, 0]]);
  return labels.map((label) => {
    if (!numbers.has(label)) numbers.set(label, numbers.size);
    return numbers.get(label)!;
  });
};
const wanted = Array.from(labelsOf(...rows).labels);

async function roiSet({ store = true, change = (bytes: Buffer): Uint8Array => bytes } = {}): Promise<Uint8Array> {
  const { height, width, labels } = labelsOf(...rows);
  const outlines = await labelOutlines({ height, width, data: labels });
  const rois = [...outlines].map(([label, loops]) => ({
    name: `${label}.roi`,
    data: roiBytes(loops, { name: String(label), plane: {} }),
    method: store ? 0 : 8,
  }));
  const noise = { name: '__MACOSX/._1.roi', data: Buffer.from('no ROI'), method: 0 };
  return change(buildZip({ entries: [...rois, noise] }));
}

describe('labels of a file, in the browser', () => {
  it.each(['uint8', 'float32'] as const)('are those of each plane of a TIFF, %s', async (type) => {
    const planes = [labelsOf(...rows), labelsOf('......', '.7....', '......', '......')];
    const info = { height: 4, width: 6, samples: 1, type, positions: 1, times: 1, channels: 1 };
    const written = planes.map(({ labels }) => ({
      ...{ height: 4, width: 6, samples: 1, type },
      data: type === 'uint8' ? Uint8Array.from(labels) : Float32Array.from(labels),
    }));
    const bytes = await collect(writeTiff({ ...info, depths: 2, channelNames: [undefined] }, written));
    const stack = { ...size, times: 2 }; // what the pages are, the file need not say
    expect(await imported('a.tif', bytes, stack)).toEqual(wanted);
    expect(await imported('a.tif', bytes, stack, { ...plane, time: 1 })).toEqual(Array.from(planes[1]!.labels));
    await expect(imported('a.tif', bytes)).rejects.toThrow('it has 2 planes, the labels 1');
    await expect(imported('a.tif', bytes, { ...stack, width: 7 })).rejects.toThrow(
      'it has 6 x 4 pixels, the image 7 x 4',
    );
  });

  it.each([true, false])('are the ROIs of a zip of Fiji, stored: %s', async (store) => {
    expect(asNumbered(await imported('RoiSet.zip', await roiSet({ store })))).toEqual(wanted);
  });

  it.each<[string, (bytes: Buffer) => Uint8Array, string]>([
    ['is no zip', (bytes) => bytes.subarray(0, 90), 'it is no whole zip'],
    ['has lost a part', (bytes) => bytes.subarray(40), 'its directory is damaged'],
    ['has another byte', (bytes) => changed(bytes, 30 + '1.roi'.length + 70), 'the checksum of 1.roi is wrong'],
  ])('are refused where the zip %s', async (_, change, why) => {
    await expect(imported('RoiSet.zip', await roiSet({ change }))).rejects.toThrow(why);
  });

  it('are the masks of Cellpose', async () => {
    const bytes = Buffer.from(cellposeSeg, 'base64');
    expect(asNumbered(await imported('a_seg.npy', bytes))).toEqual(wanted);
    await expect(imported('a_seg.npy', bytes.subarray(0, 300))).rejects.toThrow('it ends before byte');
    await expect(imported('a_seg.npy', Buffer.from('x'))).rejects.toThrow('it is no .npy file');
  });
});

function changed(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = copy[at]! ^ 1;
  return copy;
}
