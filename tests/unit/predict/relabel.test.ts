import { describe, expect, it } from '@jest/globals';
import { firstNewObject } from '../../../functions/core/edited-labels.ts';
import type { EditOperation } from '../../../functions/core/edits.ts';
import type { JobSettings } from '../../../functions/core/job.ts';
import {
  correctedDownloadRef,
  correctedResultRef,
  correctedTableRef,
  inputRef,
  type ObjectRef,
  type ResultKind,
  resultRef,
} from '../../../functions/core/object-keys.ts';
import { parseCsv } from '../../../functions/core/parse-csv.ts';
import { openImage } from '../../../functions/image/tiff/image.ts';
import { writeTiff } from '../../../functions/image/tiff/writer.ts';
import { finishAndAdvance, sealAndAdvance } from '../../../functions/jobs/advance.ts';
import { readEnd, writeRound } from '../../../functions/jobs/corrected-rounds.ts';
import { editLog, fileDigest } from '../../../functions/jobs/edit-log.ts';
import type { Predictor, Segmenter } from '../../../functions/ports/predictor.ts';
import { workOn } from '../../../functions/runtime/fleet/work-on.ts';
import { restrict } from '../../../functions/runtime/restrict.ts';
import { large } from '../../../functions/stages/large/descriptor.ts';
import { handler as predict } from '../../../functions/stages/predict/handler.ts';
import { NeedsLargerMachine } from '../../../functions/stages/predict/larger-machine.ts';
import { handler as zip } from '../../../functions/stages/zip/handler.ts';
import { bytesOf } from '../../support/bytes.ts';
import { operation } from '../../support/edit-maker.ts';
import { collect, memorySource } from '../../support/memory-source.ts';
import { type StageWorld, stageWorld } from '../../support/stage-world.ts';
import { thresholdEngine } from '../../support/threshold-engine.ts';
import { unzipped } from '../../support/unzipped.ts';

const [height, width] = [6, 8];
/** Rows of samples: what is above 0 and touches is an object. */
const cells = [
  [10, 20, 0, 30, 30, 0, 0, 0],
  [10, 10, 0, 30, 60, 0, 0, 0],
  [0, 0, 0, 0, 0, 0, 0, 0],
  [0, 0, 0, 0, 0, 0, 90, 80],
  [0, 0, 0, 0, 0, 0, 70, 0],
  [0, 0, 0, 0, 0, 0, 0, 0],
];

const imageOf = (planes: readonly (readonly number[][])[]): Promise<Uint8Array> =>
  collect(
    writeTiff(
      {
        ...{ height, width, samples: 1, type: 'uint16', positions: 1, times: 1, channels: 1 },
        depths: planes.length,
        channelNames: [undefined],
      },
      planes.map((rows) => ({
        height,
        width,
        samples: 1,
        type: 'uint16' as const,
        data: Uint16Array.from(rows.flat()),
      })),
    ),
  );

interface Corrected extends StageWorld {
  path: string;
  /** Stores operations; returns their revision. */
  edit(...operations: EditOperation[]): Promise<number>;
  /** Asks for a round with all that is stored, and works until no message is left. */
  round(number: number): Promise<void>;
  text(ref: ObjectRef): Promise<string>;
  corrected(revision: number, kind: ResultKind): ObjectRef;
}

/**
 * A job with one image that is predicted and packaged; its stages have no more accesses than they declare. `onMachines`:
 * the image is too large for a function.
 */
async function completed(
  planes: readonly (readonly number[][])[],
  settings: Partial<JobSettings> = {},
  engine: Predictor & Segmenter = thresholdEngine(),
  onMachines = false,
): Promise<Corrected> {
  const world = await stageWorld(settings);
  const started = { waiting: 1, running: 0, started: 1, paused: false };
  const fleet = { planeMb: 1000, ensure: async () => started };
  const path = 'a.tif';
  const image = { ...world.job, path };
  const bytes = await imageOf(planes);
  await world.jobs.expect(world.job, [{ path, bytes: bytes.length }]);
  await world.objects.put(inputRef(world.job, path), bytes);
  await world.queue.send('files', [image]);
  await sealAndAdvance(world.job, world);
  const log = editLog(world.objects);
  const services = (stage: typeof predict.stage | typeof zip.stage) => ({
    ...restrict(stage, world),
    version: '0',
    model: async () => ({ engine, input: { channelCount: 1 } }),
    planesAhead: 2,
    admit: async () => {
      if (onMachines) throw new NeedsLargerMachine(500);
      return () => {};
    },
    ...(onMachines && { fleet }),
  });
  const onMachine = workOn({
    ports: { ...restrict(large, world), fleet },
    models: { load: async () => ({ engine, input: { channelCount: 1 } }) },
    services: { planesAhead: 2, admit: async () => () => {} },
    ...{ planeMb: 1000, stop: new AbortController().signal },
  });
  const take = async (queue: 'files' | 'large' | 'zips'): Promise<boolean> => {
    const [message] = await world.queue.receive(queue, { max: 1, visibilitySeconds: 60 });
    if (message === undefined) return false;
    if (queue === 'files') await predict.handle(message.body as never, services(predict.stage));
    else if (queue === 'large') await onMachine(message.body as never);
    else await zip.handle(message.body as never, services(zip.stage));
    await world.queue.acknowledge(queue, [message.receipt]);
    return true;
  };
  const work = async () => {
    while ((await take('files')) || (await take('large')) || (await take('zips')));
  };
  await work();
  expect((await world.jobs.get(world.job))?.state).toBe('completed');
  const lastRevision = async () => (await log.all(image)).at(-1)?.revision ?? 0;
  return {
    ...world,
    path,
    async edit(...operations) {
      const by = { id: 'olga', name: 'olga@lab.example' };
      const stored = await log.append(image, await lastRevision(), { by, at: '2026-11-30T10:00:00.000Z', operations });
      return stored.at(-1)!.revision;
    },
    async round(number) {
      const revision = await lastRevision();
      const by = { id: 'olga', name: 'olga@lab.example' };
      const at = '2026-11-30T11:00:00.000Z';
      await writeRound(world.job, { number, generation: 1, by, at, images: [{ path, revision }] }, world.objects);
      await world.queue.send('files', [{ ...image, corrected: { round: number, revision } }]);
      await work();
    },
    text: async (ref) => (await bytesOf(await world.objects.get(ref))).toString(),
    corrected: (revision, kind) => correctedResultRef(world.job, fileDigest(path), revision, kind),
  };
}

async function tableOf(world: Corrected, ref: ObjectRef): Promise<Record<string, string[]>> {
  const { columns, rows } = parseCsv(await world.text(ref));
  return Object.fromEntries(columns.map((name, i) => [name, rows.map((row) => row[i]!)]));
}

async function labelsOf(world: Corrected, ref: ObjectRef, depth = 0): Promise<string[]> {
  const image = await openImage(memorySource(await bytesOf(await world.objects.get(ref))));
  const { data } = await image.readPlane({ position: 0, time: 0, depth, channel: 0 });
  return Array.from({ length: height }, (_, row) => [...data.subarray(row * width, (row + 1) * width)].join(''));
}

describe('results with corrected labels', () => {
  it('have the objects as they are corrected, measured, and say which a person changed', async () => {
    const world = await completed([cells]);
    const original = await world.text(resultRef(world.job, world.path, 'measurements.csv'));
    await world.edit(
      operation({ do: 'merge', objects: [2], into: 1 }),
      operation({ do: 'set', to: firstNewObject + 5, runs: [4, 0, 2, 5, 0, 2] }),
    );
    await world.edit(operation({ do: 'set', to: 1, from: 0, runs: [0, 2, 1] }));
    await world.round(1);
    expect(await labelsOf(world, world.corrected(2, 'labels.tif'))).toEqual([
      '11111000',
      '11011000',
      '00000000',
      '00000022',
      '33000020',
      '33000000',
    ]);
    const table = await tableOf(world, world.corrected(2, 'measurements.csv'));
    expect(table).toMatchObject({
      label: ['1', '2', '3'],
      area_px: ['9', '3', '4'],
      intensity_sum: ['200', '240', '0'],
      edited: ['1', '0', '1'],
    });
    // skimage.measure.regionprops 0.26 on the corrected labels
    const reference = {
      centroid_x_px: [2, 6.333333333333333, 0.5],
      centroid_y_px: [0.4444444444444444, 3.3333333333333335, 4.5],
      major_axis_px: [5.962847939999439, 2.3094010767585034, 2],
      minor_axis_px: [1.9876159799998128, 1.3333333333333333, 2],
      eccentricity: [0.9428090415820634, 0.816496580927726, 0],
      orientation_rad: [1.5707963267948966, -0.7853981633974483, -0.7853981633974483],
      perimeter_px: [9, 3.414213562373095, 4],
      intensity_mean: [22.22222222222222, 80, 0],
      intensity_std: [16.850834320114558, 8.16496580927726, 0],
      intensity_median: [20, 80, 0],
    };
    for (const [column, values] of Object.entries(reference))
      for (const [i, value] of values.entries()) expect(Number(table[column]![i])).toBeCloseTo(value, 6);
    expect(await world.text(resultRef(world.job, world.path, 'measurements.csv'))).toBe(original);
    expect(await tableOf(world, correctedTableRef(world.job, 1, 'summary.csv'))).toMatchObject({ objects: ['3'] });
    expect(await readEnd(world.job, world.objects)).toMatchObject({ number: 1, bytes: expect.any(Number) });
  });

  it('are made on a machine where the image is too large for a function', async () => {
    const correct = async (world: Corrected) => {
      await world.edit(operation({ do: 'merge', objects: [2], into: 1 }));
      await world.round(1);
      expect(await readEnd(world.job, world.objects)).toMatchObject({ number: 1, bytes: expect.any(Number) });
      return world.text(world.corrected(1, 'measurements.csv'));
    };
    const onMachines = await correct(await completed([cells], {}, thresholdEngine(), true));
    expect(onMachines).toBe(await correct(await completed([cells])));
  });

  it('are packaged beside those of the model, with who and when', async () => {
    const world = await completed([cells], { rois: true });
    await world.edit(operation({ do: 'delete', objects: [1] }));
    await world.round(1);
    const files = await unzipped(await bytesOf(await world.objects.get(correctedDownloadRef(world.job, 1))));
    expect([...files.keys()].sort()).toEqual([
      ...['a_labels.tif', 'a_measurements.csv', 'a_preview.png', 'a_rois.zip'],
      ...['errors.csv', 'manifest.json', 'summary.csv'],
    ]);
    const manifest = JSON.parse(files.get('manifest.json')!.toString());
    const at = '2026-11-30T10:00:00.000Z';
    expect(manifest.corrected).toEqual({ round: 1, by: 'olga@lab.example', at: '2026-11-30T11:00:00.000Z' });
    expect(manifest.files[0]).toMatchObject({
      objects: 2,
      corrected: { revision: 1, operations: 1, by: ['olga@lab.example'], at },
    });
    expect(files.get('a_measurements.csv')!.toString().split('\r\n')).toHaveLength(4);
    expect((await unzipped(files.get('a_rois.zip')!)).size).toBe(2);
  });

  it('keep the rows of objects that nobody changed, and say their classes where somebody named them', async () => {
    const world = await completed([cells]);
    await world.edit(operation({ do: 'class', object: 2, name: 'neuron' }));
    await world.round(1);
    const [before, after] = await Promise.all(
      [resultRef(world.job, world.path, 'measurements.csv'), world.corrected(1, 'measurements.csv')].map((ref) =>
        tableOf(world, ref),
      ),
    );
    expect(after).toEqual({
      ...before,
      edited: ['0', '0', '0'],
      class: ['', 'neuron', ''],
      class_probability: ['', '', ''],
    });
  });

  it('keep the classes of a model with classes, but for those that were named anew', async () => {
    const engine = thresholdEngine({ bright: (value) => value / 100, dark: (value) => 1 - value / 100 });
    const world = await completed([cells], {}, engine);
    await world.edit(
      operation({ do: 'class', object: 1, name: 'odd' }),
      operation({ do: 'set', to: 0, runs: [3, 7, 1] }),
    );
    await world.round(1);
    const before = await tableOf(world, resultRef(world.job, world.path, 'measurements.csv'));
    expect(before.class).toEqual(['dark', 'dark', 'bright']);
    const after = await tableOf(world, world.corrected(1, 'measurements.csv'));
    expect(after.class).toEqual(['odd', 'dark', 'bright']);
    expect(after.class_probability).toEqual(['', ...before.class_probability!.slice(1)]);
    expect(after.edited).toEqual(['0', '0', '1']);
  });

  it('of a stack are corrected plane by plane and linked again', async () => {
    const world = await completed([cells, cells, cells]);
    expect(await tableOf(world, resultRef(world.job, world.path, 'measurements.csv'))).toMatchObject({
      label: ['1', '2', '3'],
    });
    const last = { position: 0, time: 0, depth: 2 };
    await world.edit({ ...operation({ do: 'delete', objects: [3] }), plane: last });
    await world.round(1);
    const volumes = (await tableOf(world, world.corrected(1, 'measurements.csv'))).volume_voxels;
    expect(volumes).toEqual(['12', '12', '6']);
    expect((await labelsOf(world, world.corrected(1, 'labels.tif'), 2))[3]).toBe('00000000');
  });

  it('of a new round take what was corrected since; of an old message nothing comes', async () => {
    const world = await completed([cells]);
    await world.edit(operation({ do: 'delete', objects: [1] }));
    await world.round(1);
    await world.edit(operation({ do: 'delete', objects: [2] }));
    await world.round(2);
    expect(await tableOf(world, correctedTableRef(world.job, 2, 'summary.csv'))).toMatchObject({ objects: ['1'] });
    expect(await tableOf(world, correctedTableRef(world.job, 1, 'summary.csv'))).toMatchObject({ objects: ['2'] });
    const before = await world.objectsIn('results');
    await world.queue.send('files', [{ ...world.job, path: world.path, corrected: { round: 1, revision: 1 } }]);
    await world.round(2);
    expect(await world.objectsIn('results')).toEqual(before);
  });

  it('say what they failed of where the image is gone', async () => {
    const world = await completed([cells]);
    await world.edit(operation({ do: 'delete', objects: [1] }));
    await world.objects.remove(inputRef(world.job, world.path));
    await world.round(1);
    expect(await readEnd(world.job, world.objects)).toMatchObject({ number: 1, failure: { code: 'objectMissing' } });
    expect(await finishAndAdvance(world.job, world.path, { state: 'done' }, world)).toBe(false);
  });
});
