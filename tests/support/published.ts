import type { JobView } from '../../functions/contract/jobs.ts';
import { resultRef } from '../../functions/core/object-keys.ts';
import type { FileSummary } from '../../functions/core/summary.ts';
import { encodePng } from '../../functions/image/png.ts';
import type { ApiService } from './api-service.ts';

const sha256 = 'cd'.repeat(32);

/** Of `plate/a.tif`: 200 x 400 pixels of half a micrometre, twelve objects. */
export const summaryOfImage: FileSummary = {
  path: 'plate/a.tif',
  ...{ sha256, bytes: 3, height: 200, width: 400, samples: 1, type: 'uint8' },
  ...{ positions: 1, times: 1, depths: 1, channels: 1, channel: { index: 0 } },
  pixelSize: { x: 0.5, y: 0.5 },
  objects: 12,
  model: { name: 'nuclei', version: '1.0.0', sha256, definition: sha256 },
  settings: { probabilities: false },
  outputs: [],
};

export const greyPreview = encodePng({
  ...{ height: 200, width: 400, samples: 3 },
  data: new Uint8Array(3 * 200 * 400).fill(90),
});

/** A job with the images `plate/a.tif`, which is done, and `b.tif`, which failed; returns its id. */
export async function jobWithPreview({ call, ports }: ApiService, as = 'olga'): Promise<string> {
  const { body } = await call<JobView>('POST', '/v1/jobs', { as, body: { source: 'files', name: 'mice' } });
  const job = { owner: as, id: body.id };
  const { jobs, objects } = ports;
  await jobs.expect(job, [
    { path: 'b.tif', bytes: 3 },
    { path: 'plate/a.tif', bytes: 3 },
  ]);
  await jobs.submit(job);
  await jobs.seal(job);
  await jobs.finishFile(job, 'plate/a.tif', { state: 'done' });
  await jobs.finishFile(job, 'b.tif', {
    state: 'failed',
    failure: { code: 'imageEmpty', message: 'the file is empty' },
  });
  await objects.put(resultRef(job, 'plate/a.tif', 'preview.png'), await greyPreview);
  await objects.put(resultRef(job, 'plate/a.tif', 'summary.json'), Buffer.from(JSON.stringify(summaryOfImage)));
  return body.id;
}
