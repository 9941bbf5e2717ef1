import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect } from '@jest/globals';
import type { JobView } from '../../functions/contract/jobs.ts';
import type { ProblemView } from '../../functions/contract/problem-view.ts';
import type { UploadAnswers } from '../../functions/contract/uploads.ts';
import { makeSamples } from '../../samples/make.ts';
import { cli, jsonLines } from '../support/cli.ts';
import { type RunningService, startService } from '../support/local-service.ts';
import { patience } from '../support/patience.ts';
import { serviceToken } from '../support/service-token.ts';
import { itOnSmallDisk, type SmallDisk, smallDisk } from '../support/small-disk.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

let folder: TemporaryFolder;
let disk: SmallDisk | undefined;
let service: RunningService | undefined;
let image: Buffer;
const at = (...names: string[]) => join(folder.path, ...names);

beforeAll(async () => {
  folder = await temporaryFolder();
  await makeSamples(folder.path);
  image = await readFile(at('images/sparse.tif'));
});
afterAll(async () => {
  await service?.stop();
  await disk?.[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

class Client {
  readonly origin: string;
  readonly token: string;
  constructor(origin: string, token: string) {
    this.origin = origin;
    this.token = token;
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T & ProblemView }> {
    const answer = await fetch(this.origin + path, {
      method,
      headers: { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as T & ProblemView };
  }

  async sign(id: string, ...paths: string[]): Promise<Map<string, () => Promise<{ status: number; code?: string }>>> {
    const files = paths.map((path) => ({ path, bytes: image.length }));
    const { body } = await this.call<UploadAnswers>('POST', `/v1/jobs/${id}/uploads`, { files });
    return new Map(
      body.files.map((answer) => {
        if (answer.state !== 'put') throw new Error(JSON.stringify(answer));
        const { url, method, headers } = answer.request;
        const send = async () => {
          const put = await fetch(url, { method, headers, body: new Uint8Array(image) });
          const text = await put.text();
          return { status: put.status, ...(text !== '' && { code: (JSON.parse(text) as ProblemView).code }) };
        };
        return [answer.path, send];
      }),
    );
  }

  job = async (id: string) => (await this.call<JobView>('GET', `/v1/jobs/${id}`)).body;

  async until(id: string, holds: (job: JobView) => boolean): Promise<JobView> {
    for (const deadline = Date.now() + 60_000 * patience; ; await sleep(100)) {
      const job = await this.job(id);
      if (holds(job)) return job;
      if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(job)}`);
    }
  }
}

const start = async (...args: string[]): Promise<Client> => {
  service = await startService(['--data', at('disk/data'), '--workers', '1', ...args], {}, disk!.under);
  return new Client(service.origin, await serviceToken(service.origin, service.url));
};

itOnSmallDisk(
  'labdeploy local on a disk that fills up, or turns read-only, says so, loses nothing, and goes on when it is mended',
  async () => {
    await mkdir(at('disk'));
    disk = await smallDisk(at('disk'), 64);
    const floor = ['--keep-free', '4MB'];
    let client = await start(...floor);
    const { id } = (await client.call<JobView>('POST', '/v1/jobs', { source: 'files', name: 'plate' })).body;
    const sent = await client.sign(id, 'a.tif', 'b.tif', 'c.tif');
    expect(await sent.get('a.tif')!()).toEqual({ status: 200 });
    await client.until(id, ({ counts }) => counts.done === 1);

    // Others fill the disk to its last byte.
    disk.sh('head -c 100M /dev/zero > "$1/filler" || true');
    expect(await sent.get('b.tif')!()).toEqual({ status: 507, code: 'noSpace' });
    const refused = await client.call<UploadAnswers>('POST', `/v1/jobs/${id}/uploads`, {
      files: [{ path: 'd.tif', bytes: 1000 }],
    });
    expect(refused.status).toBe(507);
    expect(['noRoom', 'noSpace']).toContain((refused.body as unknown as { code: string }).code); // the limit, or the table itself
    expect((await client.job(id)).counts).toMatchObject({ expected: 3, done: 1, failed: 0 });
    const made = await client.call('POST', '/v1/jobs', { source: 'files', name: 'another' });
    expect([201, 507]).toContain(made.status); // the job table may have room left in its file
    expect(service!.child.exitCode).toBeNull();

    // Killed there, it starts again when there is room, with everything that it had acknowledged.
    service!.child.kill('SIGKILL');
    await service!.finished;
    disk.sh('rm "$1/filler"');
    client = await start(...floor);
    expect((await client.job(id)).counts).toMatchObject({ expected: 3, done: 1 });
    const again = await client.sign(id, 'b.tif', 'c.tif');
    expect(await again.get('b.tif')!()).toEqual({ status: 200 });

    // New files of the store cannot be made: a disk that the system has turned read-only.
    disk.sh('cd "$1/data/store" && mount --bind objects objects && mount -o remount,bind,ro objects');
    expect(await again.get('c.tif')!()).toEqual({ status: 503, code: 'unwritable' });
    disk.sh('umount "$1/data/store/objects"');
    expect(await again.get('c.tif')!()).toEqual({ status: 200 });
    expect((await client.call('POST', `/v1/jobs/${id}/submit`)).status).toBe(200);
    expect(await client.until(id, ({ state }) => state === 'completed')).toMatchObject({
      counts: { done: 3, failed: 0 },
    });
    await service!.stop();

    // From the start: a clear error, and what is there stays.
    disk.sh('mount -o remount,ro "$1"');
    const readOnly = await cli(['local', '--data', at('disk/data'), '--port', '0', '--no-open', '--json'], {
      under: disk.under,
    });
    expect([readOnly.code, jsonLines(readOnly.stdout)]).toMatchObject([
      3,
      [{ event: 'error', code: 'dataUnwritable', next: 'choose a folder that you may write to with --data' }],
    ]);
    disk.sh('mount -o remount,rw "$1"');
    client = await start(...floor);
    expect(await client.job(id)).toMatchObject({ state: 'completed', counts: { done: 3 } });
  },
  120_000,
);
