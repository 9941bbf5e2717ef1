import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Corrections, EditEntries } from '../../../functions/contract/edits.ts';
import type { JobView } from '../../../functions/contract/jobs.ts';
import type { ProblemView } from '../../../functions/contract/problem-view.ts';
import type { Download, Results } from '../../../functions/contract/results.ts';
import type { EditOperation } from '../../../functions/core/edits.ts';
import {
  correctedDownloadRef,
  correctedResultRef,
  correctedStateRef,
  downloadRef,
  resultRef,
} from '../../../functions/core/object-keys.ts';
import type { FileSummary } from '../../../functions/core/summary.ts';
import { sealAndAdvance } from '../../../functions/jobs/advance.ts';
import { writeEnd } from '../../../functions/jobs/corrected-rounds.ts';
import { fileDigest } from '../../../functions/jobs/edit-log.ts';
import { type ApiService, apiService, sha256 } from '../../support/api-service.ts';
import { operation } from '../../support/edit-maker.ts';

let api: ApiService;
let ref: { owner: string; id: string };
const path = 'a.tif';
const summary: FileSummary = {
  ...{ path, sha256, bytes: 10, height: 4, width: 5, samples: 1, type: 'uint16', channels: 1 },
  ...{ positions: 1, times: 1, depths: 2, channel: { index: 0 }, objects: 3 },
  counted: { planes: 'link', sections: 5 },
  model: { name: 'nuclei', version: '1.0.0', sha256, definition: sha256 },
  settings: { probabilities: false },
  outputs: [],
};

/** A job with an image that is done. */
beforeEach(async () => {
  api = await apiService();
  const { jobs, objects } = api.ports;
  const { body } = await api.call<JobView>('POST', '/v1/jobs', { body: { source: 'files', name: 'plate' } });
  ref = { owner: 'olga', id: body.id };
  await jobs.expect(ref, [{ path, bytes: 10 }]);
  await objects.put(resultRef(ref, path, 'summary.json'), Buffer.from(JSON.stringify(summary)));
  await objects.put(resultRef(ref, path, 'labels.tif'), Buffer.from('labels'));
  await jobs.finishFile(ref, path, { state: 'done' });
  await sealAndAdvance(ref, api.ports);
  await jobs.complete(ref, 1);
});
afterEach(() => api[Symbol.asyncDispose]());

const erased = () => operation({ do: 'delete', objects: [3] });
const store = <T = EditEntries>(operations: EditOperation[], after = 0, as = 'olga') =>
  api.call<T>('POST', `/v1/jobs/${ref.id}/edits`, { as, body: { path, after, operations } });
const list = <T = EditEntries>(after = 0) => api.call<T>('GET', `/v1/jobs/${ref.id}/edits?path=${path}&after=${after}`);
const corrections = () => api.call<Corrections>('GET', `/v1/jobs/${ref.id}/corrections`);
const correct = <T = Corrections>() => api.call<T>('POST', `/v1/jobs/${ref.id}/corrections`);

describe('corrections of an image', () => {
  it('are stored with who and when, and listed', async () => {
    const each = erased();
    const { status, body } = await store([each]);
    expect(status).toBe(200);
    const at = new Date(api.clock.now()).toISOString();
    const entry = { path, revision: 1, by: { id: 'olga', name: 'olga@lab.example' }, at, operations: [each] };
    expect(body).toEqual({ revision: 1, entries: [entry], more: false });
    expect((await list()).body).toEqual(body);
    expect((await list(1)).body).toEqual({ revision: 1, entries: [], more: false });
    expect((await store([each])).body).toEqual(body);
  });

  it.each([
    [
      'a plane',
      { ...operation({ do: 'delete', objects: [1] }), plane: { position: 0, time: 0, depth: 2 } },
      'there is no plane at position 0, time 0, depth 2',
    ],
    ['pixels', operation({ do: 'set', to: 1, runs: [3, 2, 4] }), 'row 3, columns 2 to 6 of 5 x 4 pixels'],
    ['a row', operation({ do: 'set', to: 1, runs: [4, 0, 1] }), 'row 4, columns 0 to 1 of 5 x 4 pixels'],
    [
      'a region',
      operation({ do: 'accept', accepted: true, region: { left: 1, top: 0, width: 5, height: 4 } }),
      'a region ends outside of 5 x 4 pixels',
    ],
  ])('that name %s outside of the image are refused, and none of the call is stored', async (_, outside, detail) => {
    const { status, body } = await store<ProblemView>([erased(), outside as EditOperation]);
    expect([status, body.code]).toEqual([422, 'editOutside']);
    expect(body.detail).toContain(detail);
    expect((await list()).body.entries).toEqual([]);
  });

  it('of an image that is not there, a revision that is not, or a job that is not completed are refused', async () => {
    const missing = await api.call<ProblemView>('POST', `/v1/jobs/${ref.id}/edits`, {
      body: { path: 'b.tif', after: 0, operations: [erased()] },
    });
    expect(missing.body.code).toBe('fileMissing');
    expect((await store<ProblemView>([erased()], 5)).body.code).toBe('revisionMissing');
    expect((await list<ProblemView>(5)).body.code).toBe('revisionMissing');
    const { body } = await api.call<JobView>('POST', '/v1/jobs', { body: { source: 'files', name: 'open' } });
    await api.ports.jobs.expect({ owner: 'olga', id: body.id }, [{ path, bytes: 10 }]);
    const open = await api.call<ProblemView>('POST', `/v1/jobs/${body.id}/edits`, {
      body: { path, after: 0, operations: [erased()] },
    });
    expect(open.body).toMatchObject({ code: 'notCorrectable', status: 409 });
    await api.ports.objects.remove(resultRef(ref, path, 'labels.tif'));
    expect((await store<ProblemView>([erased()])).body.detail).toMatch(/^the labels of a.tif are archived, or gone;/);
  });

  it('are the owner’s: nobody else sees or stores any, and they go with the job', async () => {
    await store([erased()]);
    expect((await store<ProblemView>([erased()], 0, 'ute')).body.code).toBe('jobMissing');
    await api.call('DELETE', `/v1/jobs/${ref.id}`);
    expect((await list<ProblemView>()).body.code).toBe('jobMissing');
    expect((await store<ProblemView>([erased()])).body.code).toBe('jobMissing');
    expect((await api.ports.objects.list('results', 'olga/')).objects).toEqual([]);
  });
});

describe('corrected results', () => {
  it('are asked for once something is corrected, and every image with corrections gets a message', async () => {
    expect((await correct<ProblemView>()).body.code).toBe('nothingCorrected');
    await store([erased()]);
    expect((await corrections()).body).toEqual({ images: [{ path, revision: 1 }] });
    const at = new Date(api.clock.now()).toISOString();
    const images = [{ path, revision: 1 }];
    const round = { number: 1, state: 'working', by: 'olga@lab.example', at, images, outdated: false };
    expect((await correct()).body).toEqual({ images, round });
    const messages = await api.ports.queue.receive('files', { max: 10, visibilitySeconds: 60 });
    expect(messages.map(({ body }) => body)).toEqual([{ ...ref, path, corrected: { round: 1, revision: 1 } }]);
    await store([erased()], 1);
    expect((await corrections()).body.round).toMatchObject({ state: 'working', outdated: true });
    await writeEnd(ref, { number: 1, at, failure: { code: 'gaveUp', message: 'a.tif: no' } }, api.ports.objects);
    expect((await corrections()).body.round).toMatchObject({ state: 'failed', failure: { message: 'a.tif: no' } });
    expect((await correct()).body.round).toMatchObject({ number: 2, state: 'working', outdated: false });
  });

  it('are downloads of their own once they are ready; those of the model stay', async () => {
    const { objects } = api.ports;
    await objects.put(downloadRef({ ...ref, generation: 1 }), Buffer.from('original'));
    await objects.put(resultRef(ref, path, 'labels.tif'), Buffer.from('model'));
    await store([erased()]);
    await correct();
    const of = (what: string) => api.call<ProblemView & Download & Results>('GET', `/v1/jobs/${ref.id}/${what}`);
    expect((await of('download?labels=corrected')).body.code).toBe('resultsMissing');
    await objects.put(correctedDownloadRef(ref, 1), Buffer.from('corrected'));
    await objects.put(correctedResultRef(ref, fileDigest(path), 1, 'labels.tif'), Buffer.from('mended'));
    await writeEnd(ref, { number: 1, at: '2026-11-30T10:00:00.000Z', bytes: 9 }, objects);
    const textOf = async ({ request }: Download) => (await fetch(request.url, { headers: request.headers })).text();
    const zips = await Promise.all(
      ['', '?labels=original', '?labels=corrected'].map((query) => of(`download${query}`)),
    );
    expect(zips.map(({ body }) => body.fileName)).toEqual(['plate.zip', 'plate.zip', 'plate corrected.zip']);
    expect(await Promise.all(zips.map(({ body }) => textOf(body)))).toEqual(['original', 'original', 'corrected']);
    const labels = await Promise.all(['', '&labels=corrected'].map((query) => of(`results?path=${path}${query}`)));
    expect(await Promise.all(labels.map(({ body }) => textOf(body.files[0]!)))).toEqual(['model', 'mended']);
    expect(await objects.head(correctedStateRef(ref, 'end'))).toBeDefined();
  });
});
