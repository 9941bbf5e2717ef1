import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { FilePage, JobView } from '../../../functions/contract/jobs.ts';
import type { VersionView } from '../../../functions/contract/models.ts';
import type { SignedRequestView } from '../../../functions/contract/signed-request.ts';
import type { QueueName } from '../../../functions/core/messages.ts';
import { resultRef, sentPackageRef } from '../../../functions/core/object-keys.ts';
import { fileSummary } from '../../../functions/core/summary.ts';
import { readJson } from '../../../functions/object-streams/read-object.ts';
import { inspectPackage } from '../../../functions/runtime/inspect-package.ts';
import { type OfferedModels, offerModels } from '../../../functions/runtime/offered-models.ts';
import { packageCache } from '../../../functions/runtime/package-cache.ts';
import { receivePackage } from '../../../functions/runtime/received-package.ts';
import { handler as predict } from '../../../functions/stages/predict/handler.ts';
import { handler as sweep } from '../../../functions/stages/sweep/handler.ts';
import { handler as zip } from '../../../functions/stages/zip/handler.ts';
import { type ApiService, apiService } from '../../support/api-service.ts';
import { modelCopy, zipOf } from '../../support/model-packages.ts';
import { modelFolder } from '../../support/models.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { buildTiff } from '../../support/tiff-builder.ts';

let folder: TemporaryFolder;
let shipped: OfferedModels;
let api: ApiService;
const at = (...names: string[]) => join(folder.path, ...names);

beforeAll(async () => {
  folder = await temporaryFolder();
  const registered = packageCache({ folder: at('cache'), mostBytes: 1e9 });
  shipped = await offerModels([modelFolder('unet')], { workers: 1, registered });
  api = await apiService({ models: shipped.views });
}, 60_000);
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await shipped[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const asked = async <T>(method: string, path: string, body?: unknown, as = 'olga'): Promise<T> => {
  const answer = await api.call<T>(method, path, { as, ...(body !== undefined && { body }) });
  expect([path, Math.floor(answer.status / 100)]).toEqual([path, 2]);
  return answer.body;
};
const put = ({ url, method, headers }: SignedRequestView, body: Buffer) => fetch(url, { method, headers, body });

const received = async (queue: QueueName) => {
  const [message] = await api.ports.queue.receive(queue, { max: 1, visibilitySeconds: 60 });
  await api.ports.queue.acknowledge(queue, [message!.receipt]);
  return message!.body;
};
/** One message of the files queue, as the stage predict handles it. */
const deliver = async () => {
  const { objects } = api.ports;
  return predict.handle((await received('files')) as never, {
    ...api.ports,
    ...{ planesAhead: 1, admit: async () => () => {} },
    model: (settings) => shipped.load(settings, objects),
    packages: {
      receive: (id, from) => receivePackage(sentPackageRef(id), from, at('received')),
      inspect: (path) => inspectPackage(path),
    },
  });
};

/** Added, checked and offered by an administrator. */
async function offer(version: string): Promise<VersionView> {
  const bytes = await zipOf(
    await modelCopy('shipped', at(version), (yaml) => yaml.replace(/^version: .*$/m, `version: ${version}`)),
  );
  const { id } = await asked<VersionView>('POST', '/v1/models/versions', { bytes: bytes.length }, 'ada');
  const path = `/v1/models/versions/${id}`;
  await put((await asked<{ request: SignedRequestView }>('POST', `${path}/upload`, undefined, 'ada')).request, bytes);
  expect(await deliver()).toEqual({ checked: 'ready' });
  return asked('POST', `${path}/offer`, undefined, 'ada');
}

it('a file that failed in a job of before is predicted by the version of then, whatever was offered since', async () => {
  const { name } = await offer('7.0.1');
  const job = await asked<JobView>('POST', '/v1/jobs', { source: 'files', name: 'plate', model: name });
  expect(job.settings.model).toMatchObject({ name, revision: 1 });
  const path = `/v1/jobs/${job.id}`;
  const data = Uint8Array.from({ length: 96 * 96 }, (_, i) =>
    ((i % 96) - 48) ** 2 + (i / 96 - 48) ** 2 < 150 ? 200 : 9,
  );
  const image = Buffer.from(buildTiff({ pages: [{ height: 96, width: 96, data }] }));
  const body = { files: [{ path: 'a.tif', bytes: image.length }] };
  const [file] = (await asked<{ files: { request: SignedRequestView }[] }>('POST', `${path}/uploads`, body)).files;
  await put(file!.request, image);
  await asked('POST', `${path}/submit`);

  for (let delivery = 0; delivery < 4; delivery++) {
    await api.ports.queue.receive('files', { max: 1, visibilitySeconds: 1 }); // by one that dies of it
    api.clock.advance(2);
  }
  await sweep.handle(api.ports);
  await zip.handle((await received('zips')) as never, { ...api.ports, version: '1.2.3' });
  expect(await asked<FilePage>('GET', `${path}/files`)).toMatchObject({ items: [{ failure: { code: 'gaveUp' } }] });

  expect(await offer('7.0.2')).toMatchObject({ offered: true, revision: 2 });
  await asked('POST', `${path}/retry`);
  expect(await deliver()).toMatchObject({ reused: false, summary: { model: { version: '7.0.1' } } });
  const ref = resultRef({ owner: 'olga', id: job.id }, 'a.tif', 'summary.json');
  const { model, objects } = fileSummary.parse(await readJson(api.ports.objects, ref));
  expect([model.version, objects]).toEqual(['7.0.1', 1]);
  const later = await asked<JobView>('POST', '/v1/jobs', { source: 'files', name: 'next', model: name });
  expect(later.settings.model.revision).toBe(2);
}, 120_000);
