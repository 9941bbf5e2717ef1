import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { folderEntries } from '../../cli/run/entries.ts';
import { collectInputs } from '../../cli/run/inputs.ts';
import type { LocalQueue } from '../../functions/adapters/local/queue.ts';
import type { FilePage, JobView } from '../../functions/contract/jobs.ts';
import type { UploadAnswers } from '../../functions/contract/uploads.ts';
import type { StoredFailure } from '../../functions/core/job.ts';
import { filesNamed, type Notice } from '../../functions/core/notice.ts';
import { type JobRef, tableRef } from '../../functions/core/object-keys.ts';
import { type Engine, openEngine } from '../../functions/model/engine/engine.ts';
import { readText } from '../../functions/object-streams/read-object.ts';
import type { Ports } from '../../functions/ports/ports.ts';
import { admitPlanes } from '../../functions/runtime/admit-planes.ts';
import type { BatchInputs } from '../../functions/runtime/batch/batch.ts';
import { runBatch } from '../../functions/runtime/batch/run-batch.ts';
import { readingThreads } from '../../functions/runtime/reading/reading-threads.ts';
import { restrict } from '../../functions/runtime/restrict.ts';
import { runStages } from '../../functions/runtime/run-stages.ts';
import { handler as notifyHandler } from '../../functions/stages/notify/handler.ts';
import { modelInput } from '../../functions/stages/predict/channel.ts';
import { apiService } from '../support/api-service.ts';
import { fixtureModel, modelFolder } from '../support/models.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { buildTiff } from '../support/tiff-builder.ts';
import { buildZip, utf8Flag } from '../support/zip-builder.ts';

const good = buildTiff({ pages: [{ height: 4, width: 4, bits: 8, data: new Uint8Array(16).fill(7) }] });
const contents = { good, cut: good.subarray(0, 20), empty: Buffer.alloc(0), text: Buffer.from('exposure 20 ms') };
type File = { name: string; holds: keyof typeof contents };

const stems = [
  'a',
  'B',
  'zelle ä',
  '細胞',
  '.hidden',
  '._a',
  '=1+2',
  'x;y',
  `${'l'.repeat(240)}`,
  'turned\u202e',
  'bell\u0007',
];
const endings = ['.tif', '.TIFF', '.txt', '.xml', '.nd', '.zip', ''];
const folders = ['', 'day 1/', '.cache/', '__MACOSX/'];
const name = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(...[folders, stems, endings].map((each) => fc.constantFrom(...each)))
      .map((all) => all.join('')),
  },
  { weight: 1, arbitrary: fc.constantFrom('Thumbs.db', '.DS_Store', 'day 1/desktop.ini', 'run.log') },
);
const file: fc.Arbitrary<File> = fc.record({
  name,
  holds: fc.constantFrom(...(Object.keys(contents) as (keyof typeof contents)[])),
});
const anyFolder = fc.uniqueArray(file, { selector: (each) => each.name, minLength: 1, maxLength: 12 });

let engine: Engine;
const reading = readingThreads();
let temporary: TemporaryFolder;
let count = 0;
beforeAll(async () => {
  temporary = await temporaryFolder();
  engine = await openEngine(await fixtureModel('identity'), { workers: 1 });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await reading[Symbol.asyncDispose]();
  await temporary[Symbol.asyncDispose]();
});

/** Runs a job and gives what its tables and its listener say of it. */
async function endsOf(inputs: BatchInputs, work: string) {
  const { description, identity } = await fixtureModel('identity');
  const said = new Map<string, string>();
  const say = (outcome: string) => (path: string, _failure: StoredFailure) => {
    if (said.has(path)) throw new Error(`${path} is named twice`);
    said.set(path, outcome);
  };
  const settings = { model: { name: identity.name, sha256: identity.sha256 }, archive: false };
  const plan = { inputs, folder: join(work, 'out'), work: join(work, 'work'), model: modelFolder('identity'), engine };
  const result = await runBatch(
    { ...plan, input: modelInput(description), reading, settings, workers: 1, memoryLimit: 2 ** 28, version: '0.0.0' },
    {
      expected() {},
      leftOut: say('leftOut'),
      failed: say('failed'),
      plane() {},
      done: ({ path }) => void said.set(path, 'done'),
      retried(path, _attempt, error) {
        throw new Error(`${path} was tried again`, { cause: error });
      },
    },
    new AbortController().signal,
  );
  const { files } = JSON.parse(await readFile(join(work, 'out/manifest.json'), 'utf8'));
  const ends = Object.fromEntries((files as { path: string; state: string }[]).map(({ path, state }) => [path, state]));
  expect(Object.fromEntries(said)).toEqual(ends);
  const rows = (await readFile(join(work, 'out/errors.csv'), 'utf8')).split('\r\n').length - 2;
  const { expected, done, failed, leftOut } = result!.job;
  expect({ done, failed, leftOut }).toEqual({
    done: Object.values(ends).filter((state) => state === 'done').length,
    failed: Object.values(ends).filter((state) => state === 'failed').length,
    leftOut: Object.values(ends).filter((state) => state === 'leftOut').length,
  });
  expect(rows).toBe(failed + leftOut);
  return { expected, done, failed, leftOut, ends };
}

/** What a job of the API says of its files once they were sent and predicted, in its list, its table and its mail. */
async function endsByApi(files: readonly File[]) {
  const { description, identity } = await fixtureModel('identity');
  const model = { name: identity.name, version: '1.0.0', description: '', sha256: identity.sha256 };
  await using api = await apiService({
    models: [{ ...model, inputChannels: 1, defaultChannel: 0, greyFromRgb: true }],
  });
  const { body } = await api.call<JobView>('POST', '/v1/jobs', { body: { source: 'files', name: 'folder' } });
  const named = files.map(({ name, holds }) => ({ path: name, bytes: contents[holds].length }));
  const answers = await api.call<UploadAnswers>('POST', `/v1/jobs/${body.id}/uploads`, { body: { files: named } });
  for (const [i, answer] of answers.body.files.entries()) {
    if (answer.state !== 'put') continue;
    const { url, headers } = answer.request;
    await fetch(url, { method: 'PUT', headers, body: new Uint8Array(contents[files[i]!.holds]) });
  }
  await api.call('POST', `/v1/jobs/${body.id}/submit`, { body: {} });
  const ref = { owner: 'olga', id: body.id };
  const trouble = new AbortController();
  await runStages(
    {
      ports: { ...api.ports, queue: api.ports.queue as LocalQueue },
      ...{ reading, version: '0.0.0', files: 2, planesAhead: 1, admit: admitPlanes(2 ** 28) },
      model: async () => ({ engine, input: modelInput(description) }),
      onTrouble: ({ error }) => trouble.abort(error),
    },
    { signal: trouble.signal, until: ref },
  );
  trouble.signal.throwIfAborted();
  const job = (await api.call<JobView>('GET', `/v1/jobs/${body.id}`)).body;
  const page = (await api.call<FilePage>('GET', `/v1/jobs/${body.id}/files`)).body;
  const states = Object.fromEntries(page.items.map(({ path, state }) => [path, state]));
  return { counts: job.counts, states, mail: await mailOf(ref, api.ports), rows: await errorRows(ref, api.ports) };
}

/** The files that the mail of a job names, and the counts in front of them. */
async function mailOf(ref: JobRef, ports: Ports) {
  const sent: string[] = [];
  const mail = { send: async ({ text }: Notice) => void sent.push(text) };
  const addresses = { find: async () => 'olga@lab.example' };
  const notices = { channels: { mail }, addresses, page: 'https://lab.example' };
  await notifyHandler.handle({ ...ref, generation: 1 }, restrict(notifyHandler.stage, { ...ports, notices }));
  const count = (title: string) => Number(new RegExp(`^${title} +(\\d+)`, 'm').exec(sent[0]!)?.[1] ?? 0);
  const counts = { done: count('Files'), failed: count('Failed'), leftOut: count('Left out') };
  return { counts, named: sent[0]!.match(/^- /gm)?.length ?? 0 };
}

async function errorRows(ref: JobRef, { jobs, objects }: Ports): Promise<number> {
  const job = (await jobs.get(ref))!;
  return (await readText(objects, tableRef(job, 'errors.csv'))).split('\r\n').length - 2;
}

describe('of any folder', () => {
  it('every file is done, failed or left out, the same by run, by zip, and by the API with its tables and mails', async () => {
    await fc.assert(
      fc.asyncProperty(anyFolder, async (files) => {
        const base = join(temporary.path, String(count++));
        for (const { name, holds } of files) {
          await mkdir(dirname(join(base, 'in', name)), { recursive: true });
          await writeFile(join(base, 'in', name), contents[holds]);
        }
        const found = await collectInputs([join(base, 'in')], { cwd: base, output: join(base, 'folder/out') });
        if (found.kind !== 'files') throw new Error('a folder was given');
        const byFolder = await endsOf({ ...found, files: folderEntries(found.files) }, join(base, 'folder'));
        expect(byFolder.expected).toBe(files.length);
        expect(byFolder.done + byFolder.failed + byFolder.leftOut).toBe(files.length);

        const entries = files.map(({ name, holds }) => ({ name, data: contents[holds], flags: utf8Flag }));
        await writeFile(join(base, 'in.zip'), buildZip({ entries }));
        const byZip = await endsOf({ kind: 'zip', name: 'in', file: join(base, 'in.zip') }, join(base, 'zip'));
        expect(byZip).toEqual(byFolder);

        const { expected, ends, ...counts } = byFolder;
        expect(await endsByApi(files)).toEqual({
          counts: { expected, ...counts, pending: 0 },
          states: ends,
          mail: { counts, named: Math.min(counts.failed, filesNamed) + Math.min(counts.leftOut, filesNamed) },
          rows: counts.failed + counts.leftOut,
        });
      }),
      { numRuns: 15, seed: 12 },
    );
  }, 120_000);
});
