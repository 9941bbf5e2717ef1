import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { readZipDirectory } from '../../../functions/archive/zip-directory.ts';
import { entryChunks, entrySpan } from '../../../functions/archive/zip-entry.ts';
import type { JobSettings, Outcome } from '../../../functions/core/job.ts';
import {
  downloadRef,
  type ObjectRef,
  type ResultKind,
  resultRef,
  tableRef,
} from '../../../functions/core/object-keys.ts';
import { type FileSummary, summaryHeader, summaryRow } from '../../../functions/core/summary.ts';
import { finishAndAdvance, retryAndAdvance, sealAndAdvance } from '../../../functions/jobs/advance.ts';
import type { Part } from '../../../functions/ports/object-store.ts';
import { packageResults } from '../../../functions/stages/zip/package.ts';
import { bytesOf, noise } from '../../support/bytes.ts';
import { Crash, crashingPorts } from '../../support/crashing-ports.ts';
import { type StageWorld, stageWorld } from '../../support/stage-world.ts';

const version = '0.1.0';
const broken: Outcome = {
  state: 'failed',
  failure: { code: 'imageEmpty', message: 'the file is empty: it has 0 bytes' },
};

/** Of a stack whose objects are linked. */
const summaryOf = (path: string, objects: number, outputs: FileSummary['outputs']): FileSummary => ({
  ...{ path, sha256: 'a'.repeat(64), bytes: 1000, height: 20, width: 10, samples: 1, type: 'uint16' },
  ...{ positions: 1, times: 1, depths: 3, channels: 2, channel: { index: 1, name: 'DAPI' } },
  ...{ pixelSize: { x: 0.5, y: 0.5 }, objects, ...(objects > 0 && { meanAreaPx: 12.5 }) },
  counted: { planes: 'link', sections: 6, meanVolumeVoxels: 37.5 },
  model: { name: 'nuclei', version: '1', sha256: 'b'.repeat(64), definition: 'c'.repeat(64) },
  settings: { probabilities: false },
  outputs,
});

/** What predict would have written for an image: three results, then the summary of them. */
async function predicted(world: StageWorld, path: string, objects = 2): Promise<void> {
  const results: [ResultKind, Buffer][] = [
    ['labels.tif', noise(300, path.length)],
    ['preview.png', noise(50, path.length)],
    ['measurements.csv', Buffer.from(`label,area_px\r\n${path}\r\n`)],
  ];
  for (const [kind, bytes] of results) await world.objects.put(resultRef(world.job, path, kind), bytes);
  const outputs = results.map(([kind, bytes]) => ({ kind, bytes: bytes.length }));
  const summary = summaryOf(path, objects, outputs);
  await world.objects.put(resultRef(world.job, path, 'summary.json'), Buffer.from(JSON.stringify(summary)));
}

/** A job that is ready to be packaged: the images done as predict leaves them, the others failed. */
async function ready(
  done: string[],
  failed: string[] = [],
  settings: Partial<JobSettings> = {},
  store: { copiesFrom?: number } = {},
): Promise<StageWorld> {
  const world = await stageWorld(settings, store);
  await world.jobs.expect(
    world.job,
    [...done, ...failed].map((path) => ({ path, bytes: 1000 })),
  );
  for (const path of done) {
    await predicted(world, path);
    await finishAndAdvance(world.job, path, { state: 'done' }, world);
  }
  for (const path of failed) await finishAndAdvance(world.job, path, broken, world);
  await sealAndAdvance(world.job, world);
  return world;
}

const message = (world: StageWorld, generation = 1) => ({ ...world.job, generation });
const deliver = (world: StageWorld, ports: Pick<StageWorld, 'objects' | 'jobs' | 'queue'> = world, generation = 1) =>
  packageResults(message(world, generation), { ...ports, version });

const notices = async ({ queue }: StageWorld) =>
  (await queue.receive('notices', { max: 10, visibilitySeconds: 60 })).map(({ body }) => body);

/** Of the round in which the job is. */
async function openZip({ objects, jobs, job }: StageWorld) {
  const zip = await bytesOf(await objects.get(downloadRef((await jobs.get(job))!)));
  const read = async function* (start: number, end: number) {
    yield zip.subarray(start, end);
  };
  const source = {
    size: zip.length,
    read: async (offset: number, length: number) => zip.subarray(offset, offset + length),
  };
  return { read, entries: await readZipDirectory(source) };
}

async function unzipped(world: StageWorld): Promise<Record<string, Buffer>> {
  const { read, entries } = await openZip(world);
  const files: Record<string, Buffer> = {};
  for (const entry of entries) {
    const { start, end } = entrySpan(entry);
    const data = await bytesOf(entryChunks(entry, read(start, end)));
    expect(crc32(data)).toBe(entry.crc32);
    files[entry.name!] = data;
  }
  return files;
}

describe('the results of a job', () => {
  it('are one zip: tables in the root, results beside where their images were', async () => {
    const world = await ready(['cells/b.tif', 'cells/a.ome.tiff'], ['empty.tif']);
    expect(await deliver(world)).toMatchObject({ job: { state: 'completed', done: 2, failed: 1 } });
    const files = await unzipped(world);
    expect(Object.keys(files)).toEqual([
      'cells/a_labels.tif',
      'cells/a_measurements.csv',
      'cells/a_preview.png',
      'cells/b_labels.tif',
      'cells/b_measurements.csv',
      'cells/b_preview.png',
      'errors.csv',
      'manifest.json',
      'summary.csv',
    ]);
    expect(files['cells/b_labels.tif']?.equals(noise(300, 'cells/b.tif'.length))).toBe(true);
    expect(files['cells/b_measurements.csv']?.toString()).toBe('label,area_px\r\ncells/b.tif\r\n');
    for (const name of ['summary.csv', 'errors.csv', 'manifest.json'] as const) {
      expect(files[name]).toEqual(
        await bytesOf(await world.objects.get(tableRef({ ...world.job, generation: 1 }, name))),
      );
    }
  });

  it('name the version of a model that was added to the service', async () => {
    const pinned = { package: 'd'.repeat(64), revision: 3 };
    const world = await ready(['a.tif'], [], { model: { name: 'nuclei', sha256: 'b'.repeat(64), ...pinned } });
    await deliver(world);
    const { model } = JSON.parse((await unzipped(world))['manifest.json']!.toString());
    expect(model).toEqual({
      ...{ name: 'nuclei', version: '1', sha256: 'b'.repeat(64), definition: 'c'.repeat(64) },
      ...pinned,
    });
  });

  it('have a summary with a row an image', async () => {
    const world = await ready(['b.tif', 'a.tif']);
    await deliver(world);
    const rows = ['a.tif', 'b.tif'].map((path) => summaryRow(summaryOf(path, 2, [])));
    expect((await unzipped(world))['summary.csv']?.toString()).toBe([summaryHeader(), ...rows].join(''));
  });

  it('say what failed, why, and what to do, with names that no spreadsheet runs', async () => {
    const world = await ready(['a.tif'], ['=cmd|calc.tif', 'b,c.tif']);
    await deliver(world);
    expect((await unzipped(world))['errors.csv']?.toString().split('\r\n')).toEqual([
      'path,code,message,what_to_do,outcome',
      "'=cmd|calc.tif,imageEmpty,the file is empty: it has 0 bytes,copy it again from the microscope,failed",
      '"b,c.tif",imageEmpty,the file is empty: it has 0 bytes,copy it again from the microscope,failed',
      '',
    ]);
  });

  it('name what was left out, as such', async () => {
    const world = await stageWorld();
    const leftOut = { code: 'imageLeftOut', message: 'left out: its name does not end in .tif or .tiff' };
    await world.jobs.expect(world.job, [
      { path: 'a.tif', bytes: 1000 },
      { path: 'plate;1.nd', bytes: 7, leftOut },
    ]);
    await predicted(world, 'a.tif');
    await finishAndAdvance(world.job, 'a.tif', { state: 'done' }, world);
    await sealAndAdvance(world.job, world);
    expect(await deliver(world)).toMatchObject({ job: { state: 'completed', done: 1, failed: 0, leftOut: 1 } });
    const files = await unzipped(world);
    const what =
      'nothing, where it is no image to predict: regions and texts beside an image are read with it; otherwise export it as TIFF, under a name that is not hidden, and send that';
    expect(files['errors.csv']?.toString().split('\r\n')).toEqual([
      'path,code,message,what_to_do,outcome',
      `"plate;1.nd",imageLeftOut,${leftOut.message},"${what}",left out`,
      '',
    ]);
    expect(files['manifest.json']?.toString()).toContain('"path":"plate;1.nd","state":"leftOut"');
  });

  it('say what made them, with keys in order and no time', async () => {
    const world = await ready(['a.tif'], ['b.tif']);
    await deliver(world);
    expect((await unzipped(world))['manifest.json']?.toString()).toBe(
      [
        '{',
        '"files": [',
        `{"bytes":1000,"channel":{"index":1,"name":"DAPI"},"counted":"linked through 3 depths","objects":2,"objectsPerPlane":2,"path":"a.tif","results":["a_labels.tif","a_measurements.csv","a_preview.png"],"sha256":"${'a'.repeat(64)}","state":"done"},`,
        '{"bytes":1000,"failure":{"code":"imageEmpty","message":"the file is empty: it has 0 bytes"},"path":"b.tif","state":"failed"}',
        '],',
        '"labdeploy": "0.1.0",',
        `"model": {"definition":"${'c'.repeat(64)}","name":"nuclei","sha256":"${'b'.repeat(64)}","version":"1"},`,
        '"name": "experiment",',
        '"settings": {"probabilities":false}',
        '}',
        '',
      ].join('\n'),
    );
  });

  it('are tables only where no zip is wanted', async () => {
    const world = await ready(['a.tif'], [], { archive: false });
    expect(await deliver(world)).toEqual({ job: await world.jobs.get(world.job) });
    expect(await world.objectsIn('downloads')).toEqual({});
    expect(Object.keys(await world.objectsIn('results')).filter((key) => key.startsWith('.tables/'))).toEqual([
      '.tables/1/errors.csv',
      '.tables/1/manifest.json',
      '.tables/1/summary.csv',
    ]);
  });

  it('of a job in which everything failed still say why', async () => {
    const world = await ready([], ['a.tif', 'b.tif']);
    expect(await deliver(world)).toMatchObject({ job: { state: 'failed', failure: { code: 'jobAllFailed' } } });
    const { 'errors.csv': errors } = await unzipped(world);
    expect(errors?.toString().split('\r\n')).toHaveLength(4);
  });

  it('of an empty folder are empty tables and a failed job', async () => {
    const world = await ready([]);
    expect(await deliver(world)).toMatchObject({ job: { state: 'failed', failure: { code: 'jobEmpty' } } });
    expect(JSON.parse((await unzipped(world))['manifest.json']!.toString())).toMatchObject({ files: [] });
  });

  it('keep apart images whose names differ in their ending only', async () => {
    const world = await ready(['a.tif', 'a.tiff']);
    await deliver(world);
    const names = Object.keys(await unzipped(world)).filter((name) => name.endsWith('_labels.tif'));
    expect(names).toEqual(['a.tif_labels.tif', 'a.tiff_labels.tif']);
  });

  it('are complete over many pages of the stores', async () => {
    const paths = Array.from({ length: 1100 }, (_, i) => `${String(i).padStart(4, '0')}.tif`);
    const world = await ready(paths);
    await deliver(world);
    expect((await openZip(world)).entries).toHaveLength(3 * 1100 + 3);
  });

  it('need no checksums from the store', async () => {
    const [knowing, ignorant] = [await ready(['a.tif']), await ready(['a.tif'])];
    await deliver(knowing);
    const { head, list } = ignorant.objects;
    await deliver(ignorant, {
      ...ignorant,
      objects: {
        ...ignorant.objects,
        head: async (ref) => {
          const { crc32: _, ...rest } = (await head(ref))!;
          return rest;
        },
        list: async (...args) => ({ ...(await list(...args)), objects: [] }), // nor a listing
      },
    });
    expect(await unzipped(ignorant)).toEqual(await unzipped(knowing));
  });
});

/** Stores that say from how many bytes on they copy: all of a stored result, its labels only, nothing. */
const copying = [{ copiesFrom: 1 }, { copiesFrom: 200 }, { copiesFrom: 1e9 }];

describe('results that the store puts into the zip by itself', () => {
  const paths = ['a.tif', 'b/c.tif'];

  it.each(copying)('make the same zip as bytes that pass through: %j', async (store) => {
    const [passing, copied] = [await ready(paths, ['bad.tif']), await ready(paths, ['bad.tif'], {}, store)];
    await deliver(passing);
    await deliver(copied);
    const [expected, zip] = await Promise.all(
      [passing, copied].map(async (world) => (await world.objectsIn('downloads'))['1/results.zip']!),
    );
    expect(zip!.equals(expected!)).toBe(true);
  });

  it('fail the job when one is not what its checksum says', async () => {
    const world = await ready(paths, [], {}, { copiesFrom: 200 });
    const { ref, large } = { ref: resultRef(world.job, 'a.tif', 'labels.tif'), large: noise(2 * 2 ** 20) };
    await world.objects.put(ref, large); // too large to be fetched with its checksum
    const summary = resultRef(world.job, 'a.tif', 'summary.json');
    const text = (await bytesOf(await world.objects.get(summary))).toString();
    await world.objects.put(summary, Buffer.from(text.replace('"bytes":300', `"bytes":${large.length}`)));
    const { compose } = world.objects;
    const result = await deliver(world, {
      ...world,
      objects: {
        ...world.objects,
        async compose(target, parts) {
          await world.objects.put(ref, noise(large.length, 2));
          return compose(target, parts);
        },
      },
    });
    expect(result).toMatchObject({
      failed: { code: 'objectCorrupt', message: expect.stringContaining('checksum') },
    });
    expect(await world.jobs.get(world.job)).toMatchObject({ state: 'failed' });
    expect(await world.objectsIn('downloads')).toEqual({});
  });
});

describe('packaging that is delivered again', () => {
  const paths = ['a.tif', 'b/c.tif'];

  it.each([{}, { copiesFrom: 1 }])('ends with the same bytes wherever the first delivery died: %j', async (store) => {
    const undisturbed = await ready(paths, ['bad.tif'], {}, store);
    const counted = crashingPorts(undisturbed);
    await deliver(undisturbed, counted.ports);
    const zip = (await undisturbed.objectsIn('downloads'))['1/results.zip']!;
    expect(counted.calls.length).toBeGreaterThan(15);
    for (let at = 1; at <= counted.calls.length; at++) {
      for (const when of ['before', 'after'] as const) {
        const world = await ready(paths, ['bad.tif'], {}, store);
        await expect(deliver(world, crashingPorts(world, at, when).ports)).rejects.toThrow(Crash);
        await deliver(world);
        expect({ at, when, job: await world.jobs.get(world.job) }).toMatchObject({
          at,
          when,
          job: { state: 'completed' },
        });
        const sent = await notices(world);
        const completing = when === 'after' && counted.calls[at - 1] === 'queue.send'; // its effect was there, its caller never learned
        expect({ at, when, sent }).toEqual({ at, when, sent: Array(completing ? 2 : 1).fill(message(world)) });
        expect((await world.objectsIn('downloads'))['1/results.zip']!.equals(zip)).toBe(true);
      }
    }
  });

  it('only notifies its owner again once the job is completed', async () => {
    const world = await ready(paths);
    await deliver(world);
    const { ports, calls } = crashingPorts(world);
    expect(await deliver(world, ports)).toBe('not packaging');
    expect(calls).toEqual(['jobs.get', 'queue.send']);
    expect(await notices(world)).toEqual([message(world), message(world)]);
  });

  it('completes once when two deliveries run at once', async () => {
    const world = await ready(paths);
    const results = await Promise.all([deliver(world), deliver(world)]);
    expect(results.filter((result) => result === 'not packaging')).toHaveLength(1);
    expect(Object.keys(await unzipped(world))).toHaveLength(9);
  });

  it.each([
    ['in the middle of the zip', (ref: ObjectRef) => ref.key.endsWith('a.tif/measurements.csv')],
    ['at the end of the zip', (ref: ObjectRef) => ref.bucket === 'downloads'],
  ])('replaces nothing of a later round that overtakes it %s', async (_name, isMoment) => {
    const world = await ready(['a.tif', 'b.tif'], ['c.tif']);
    let overtaken = false;
    const overtake = async () => {
      overtaken = true;
      await deliver(world);
      await retryAndAdvance(world.job, world);
      await predicted(world, 'c.tif');
      await finishAndAdvance(world.job, 'c.tif', { state: 'done' }, world);
      await deliver(world, world, 2);
    };
    const { get, compose } = world.objects;
    const objects: StageWorld['objects'] = {
      ...world.objects,
      async get(ref, range) {
        if (!overtaken && isMoment(ref)) await overtake();
        return get(ref, range);
      },
      async compose(ref, parts) {
        if (!isMoment(ref)) return compose(ref, parts);
        const watched = async function* () {
          for await (const part of parts) {
            const isEnd = 'bytes' in part && Buffer.from(part.bytes).includes('PK\x05\x06', 'latin1');
            if (!overtaken && isEnd) await overtake();
            yield part;
          }
        };
        return compose(ref, watched());
      },
    };
    expect(await deliver(world, { ...world, objects })).toBe('not packaging');
    expect(overtaken).toBe(true);
    expect(await world.jobs.get(world.job)).toMatchObject({ state: 'completed', generation: 2, done: 3 });
    expect(Object.keys(await unzipped(world))).toContain('c_labels.tif');
  });

  it('leaves the zip of a later round alone even when it is stored after that one', async () => {
    const world = await ready(['a.tif'], ['b.tif']);
    const { compose } = world.objects;
    const late: StageWorld['objects'] = {
      ...world.objects,
      async compose(ref, parts) {
        const all: Part[] = []; // nothing is left to check
        for await (const part of parts) all.push('bytes' in part ? { bytes: Uint8Array.from(part.bytes) } : part);
        await deliver(world);
        await retryAndAdvance(world.job, world);
        await predicted(world, 'b.tif');
        await finishAndAdvance(world.job, 'b.tif', { state: 'done' }, world);
        await deliver(world, world, 2);
        return compose(ref, all);
      },
    };
    expect(await deliver(world, { ...world, objects: late })).toBe('not packaging');
    const files = await unzipped(world);
    expect(files['errors.csv']?.toString()).toBe('path,code,message,what_to_do,outcome\r\n');
    expect(Object.keys(files)).toContain('b_labels.tif');
  });

  it('does nothing for a generation that is over', async () => {
    const world = await ready(['a.tif']);
    expect(await deliver(world, world, 2)).toBe('not packaging');
    expect(await world.objectsIn('downloads')).toEqual({});
  });
});

describe('packaging without all results', () => {
  it('fails the job when a result is missing', async () => {
    const world = await ready(['a.tif', 'b.tif']);
    await world.objects.remove(resultRef(world.job, 'b.tif', 'labels.tif'));
    expect(await deliver(world)).toMatchObject({ failed: { code: 'objectMissing' } });
    expect(await world.jobs.get(world.job)).toMatchObject({ state: 'failed', failure: { code: 'objectMissing' } });
    expect(await world.objectsIn('downloads')).toEqual({});
  });

  it('fails the job when a result is not as long as it was', async () => {
    const world = await ready(['a.tif']);
    await world.objects.put(resultRef(world.job, 'a.tif', 'labels.tif'), noise(299));
    expect(await deliver(world)).toMatchObject({ failed: { code: 'objectCorrupt' } });
  });

  it('fails the job when a summary cannot be read', async () => {
    const world = await ready(['a.tif']);
    await world.objects.put(resultRef(world.job, 'a.tif', 'summary.json'), Buffer.from('{"path":"a.tif"}'));
    expect(await deliver(world)).toMatchObject({ failed: { code: 'objectCorrupt' } });
  });

  it('throws what is the trouble of a store, and leaves the job to the next delivery', async () => {
    const world = await ready(['a.tif']);
    const put = async () => Promise.reject(new Error('the disk is gone'));
    await expect(deliver(world, { ...world, objects: { ...world.objects, put } })).rejects.toThrow('the disk is gone');
    expect(await world.jobs.get(world.job)).toMatchObject({ state: 'packaging' });
  });
});
