import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { correctJob, imageOf } from '../../cli/actions/correct.ts';
import { connect } from '../../cli/client/connect.ts';
import { importLabels } from '../../cli/client/import-labels.ts';
import type { CommandContext } from '../../cli/context.ts';
import { editedLabels, type LabelPlane } from '../../functions/core/edited-labels.ts';
import { labelDifference } from '../../functions/core/label-difference.ts';
import { resultRef } from '../../functions/core/object-keys.ts';
import type { FileSummary } from '../../functions/core/summary.ts';
import { writeTiff } from '../../functions/image/tiff/writer.ts';
import { sealAndAdvance } from '../../functions/jobs/advance.ts';
import { readRound, writeEnd } from '../../functions/jobs/corrected-rounds.ts';
import { editLog } from '../../functions/jobs/edit-log.ts';
import { labelOutlines } from '../../functions/regions/label-outlines.ts';
import { roiBytes } from '../../functions/regions/roi-writer.ts';
import { type ApiService, apiService, sha256 } from '../support/api-service.ts';
import { cellposeSeg } from '../support/cellpose-seg.ts';
import { corrected, labelsOf, operation, plane, randomNumbers, shown } from '../support/edit-maker.ts';
import { collect } from '../support/memory-source.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { buildZip } from '../support/zip-builder.ts';

const token = 'ada.of.lab';
const job = { owner: token, id: 'job-0001' };
const path = 'cells/a.tif';
const base = () => labelsOf('11..22', '11..22', '......', '.3333.');

const tiffOf = ({ height, width, labels }: LabelPlane, type: 'uint16' | 'uint32' | 'float32' = 'uint16') => {
  const data = type === 'uint16' ? Uint16Array.from(labels) : type === 'uint32' ? labels : Float32Array.from(labels);
  const info = { height, width, samples: 1, type, positions: 1, times: 1, depths: 1, channels: 1 };
  return collect(writeTiff({ ...info, channelNames: [undefined] }, [{ height, width, samples: 1, type, data }]));
};

let api: ApiService;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  api = await apiService();
  folder = await temporaryFolder();
  const { jobs, objects } = api.ports;
  await jobs.create({ ...job, name: 'mice', settings: { model: { name: 'nuclei', sha256 } } });
  await jobs.expect(job, [{ path, bytes: 10 }]);
  const summary: FileSummary = {
    ...{ path, sha256, bytes: 10, height: 4, width: 6, samples: 1, type: 'uint16', channels: 1 },
    ...{ positions: 1, times: 1, depths: 1, channel: { index: 0 }, objects: 3 },
    model: { name: 'nuclei', version: '1.0.0', sha256, definition: sha256 },
    ...{ settings: { probabilities: false }, outputs: [] },
  };
  await objects.put(resultRef(job, path, 'summary.json'), Buffer.from(JSON.stringify(summary)));
  await objects.put(resultRef(job, path, 'labels.tif'), await tiffOf(base()));
  await jobs.finishFile(job, path, { state: 'done' });
  await sealAndAdvance(job, api.ports);
  await jobs.complete(job, 1);
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const log = () => editLog(api.ports.objects).all({ ...job, path });
const standing = async () =>
  corrected(
    base(),
    (await log()).flatMap(({ operations }) => operations),
  );

/** Runs the command; the round ends as the stages would end it. */
async function correct(files: readonly string[], failure?: { code: string; message: string }) {
  const said: [string, unknown][] = [];
  const io = { emit: (name: string, payload: unknown) => said.push([name, payload]) };
  const given = { io, signal: new AbortController().signal, env: { LABDEPLOY_TOKEN: token } };
  const running = correctJob(job.id, files, { url: api.url }, given as unknown as CommandContext);
  const ended = (async () => {
    const round = await until('the round', () => readRound(job, api.ports.objects));
    await writeEnd(job, { number: round.number, at: round.at, ...(failure && { failure }) }, api.ports.objects);
  })();
  await Promise.all([running, ended]);
  return said;
}
const client = async () =>
  (await connect(api.url, { env: { LABDEPLOY_TOKEN: token }, signal: noEnd } as unknown as CommandContext)).client;
const noEnd = new AbortController().signal;
const renamed = (bytes: Buffer, from: string, to: string) =>
  Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1');
async function saved(name: string, bytes: Uint8Array): Promise<string> {
  const file = join(folder.path, name);
  await writeFile(file, bytes);
  return file;
}

describe('labdeploy jobs correct', () => {
  it('takes a label TIFF whose numbers are others, and has the results made', async () => {
    const wanted = labelsOf('77..99', '77.999', '......', '.55.88');
    const file = await saved('a_labels.tif', await tiffOf(wanted, 'float32'));
    expect(await correct([file])).toEqual([
      ['jobs.imported', { job: job.id, image: path, file, objects: 2 }],
      ['jobs.corrected', { job: job.id, round: 1, images: 1 }],
    ]);
    // objects keep their labels where they lie on one; the smaller part of 3 is new
    expect(shown(await standing())).toEqual(['11..22', '11.222', '......', '.33.++']);
    expect((await log())[0]!.operations.every(({ tool }) => tool === 'import')).toBe(true);
  });

  it('stores nothing where the labels are those that stand, and keeps what was corrected before', async () => {
    const by = { id: 'ada', name: 'ada' };
    const erased = operation({ do: 'delete', objects: [3] });
    await editLog(api.ports.objects).append({ ...job, path }, 0, {
      by,
      at: '2026-11-30T10:00:00Z',
      operations: [erased],
    });
    const file = await saved('a.tif', await tiffOf(corrected(base(), [erased]), 'uint32'));
    expect((await correct([file]))[0]).toEqual(['jobs.imported', { job: job.id, image: path, file, objects: 0 }]);
    expect(await log()).toHaveLength(1);
  });

  it('takes ROIs of Fiji', async () => {
    const wanted = labelsOf('11....', '111...', '......', '.3333.');
    const { height, width, labels } = wanted;
    const outlines = await labelOutlines({ height, width, data: labels });
    const entries = [...outlines].map(([label, loops]) => ({
      name: `${label}.roi`,
      data: roiBytes(loops, { name: String(label), plane: {} }),
    }));
    await correct([await saved('a_rois.zip', buildZip({ entries }))]);
    expect(shown(await standing())).toEqual(shown(wanted));
  });

  it('takes the masks of Cellpose', async () => {
    const erased = operation({ do: 'delete', objects: [1, 2, 3] });
    const by = { id: 'ada', name: 'ada' };
    const at = '2026-11-30T10:00:00Z';
    await editLog(api.ports.objects).append({ ...job, path }, 0, { by, at, operations: [erased] });
    await correct([await saved('a_seg.npy', Buffer.from(cellposeSeg, 'base64'))]);
    expect(shown(await standing())).toEqual(['++..++', '++..++', '......', '.++++.']);
  });

  it.each([
    ['no .npy file', (bytes: Buffer) => bytes.subarray(20), 'it is no .npy file'],
    ['cut off', (bytes: Buffer) => bytes.subarray(0, 300), expect.stringMatching(/^it ends before byte \d+$/)],
    ['without masks', (bytes: Buffer) => renamed(bytes, 'masks', 'mosks'), 'it has no masks'],
    [
      'of what numpy does not write',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 130), Buffer.from('i')]),
      'opcode 105 at byte 2 is not one that numpy writes',
    ],
  ])('refuses a _seg.npy that is %s', async (_, change, why) => {
    const file = await saved('a_seg.npy', change(Buffer.from(cellposeSeg, 'base64')));
    const importing = importLabels({ job: job.id, image: path, file }, await client(), noEnd);
    await expect(importing).rejects.toMatchObject({ code: 'labelsMisfit', advice: { why } });
    expect(await log()).toEqual([]);
  });

  it('refuses labels of another size, without numbers that are whole, or no TIFF, and stores none of them', async () => {
    const given = await client();
    const wrong = async (bytes: Uint8Array) =>
      importLabels({ job: job.id, image: path, file: await saved('a.tif', bytes) }, given, noEnd).then(
        () => 'nothing',
        (error: { advice: { why: string } }) => error.advice.why,
      );
    const files = [
      tiffOf(labelsOf('11', '22')),
      tiffOf({ height: 4, width: 6, labels: new Float32Array(24).fill(0.5) as never }, 'float32'),
      Promise.resolve(Buffer.from('no TIFF at all')),
    ];
    const reasons = [];
    for (const file of files) reasons.push(await wrong(await file));
    expect(reasons.slice(0, 2)).toEqual([
      'it has 2 x 2 pixels, the image 6 x 4',
      'a pixel has the value 0.5: labels are whole numbers from 0',
    ]);
    expect(reasons[2]).toMatch(/TIFF/);
    expect(await log()).toEqual([]);
  });

  it('says why there are no corrected results', async () => {
    const file = await saved('a.tif', await tiffOf(labelsOf('......', '......', '......', '.3333.')));
    const failure = { code: 'objectMissing', message: 'a.tif: the image is gone' };
    await expect(correct([file], failure)).rejects.toMatchObject({
      code: 'correctionFailed',
      advice: { why: 'a.tif: the image is gone' },
    });
  });
});

describe('a file with corrected labels', () => {
  const paths = ['day1/a.tif', 'day2/a.tif', 'b.ome.tif', 'c.lsm'];
  it.each([
    ['b.tif', 'b.ome.tif'],
    ['out/b_labels.tif', 'b.ome.tif'],
    ['b_cp_masks.tif', 'b.ome.tif'],
    ['c_rois.zip', 'c.lsm'],
    ['day2/a_labels.tif', 'day2/a.tif'],
  ])('%s is of %s', (file, image) => {
    expect(imageOf(file, paths)).toBe(image);
  });

  it('is refused where no image, or several, have its name', () => {
    expect(() => imageOf('x.tif', paths)).toThrow('no image for x.tif');
    expect(() => imageOf('a.tif', paths)).toThrow('no image for a.tif');
  });
});

describe('the difference of two planes of labels', () => {
  it('makes one the objects of the other, and leaves out what is equal', () => {
    const random = randomNumbers(5);
    for (let i = 0; i < 300; i++) {
      const any = (): LabelPlane => ({
        height: 5,
        width: 7,
        labels: Uint32Array.from({ length: 35 }, () => random(5)),
      });
      const [current, wanted] = [any(), any()];
      let next = 2 ** 31;
      const found = labelDifference(current, wanted.labels, () => next++);
      const edited = editedLabels({ ...current, labels: current.labels.slice() });
      for (const each of found) edited.apply({ ...each, id: '', plane, tool: 'import' });
      const names = new Map<number, number>();
      for (const [p, label] of wanted.labels.entries()) {
        const now = edited.plane.labels[p]!;
        expect(names.get(label) ?? now).toBe(now);
        names.set(label, now);
      }
      expect(names.get(0) ?? 0).toBe(0);
      expect(new Set(names.values()).size).toBe(names.size);
      expect(labelDifference(edited.plane, wanted.labels, () => next++)).toEqual([]);
    }
  });
});
