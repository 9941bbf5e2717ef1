import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from '@jest/globals';
import type { JobView } from '../../functions/contract/jobs.ts';
import type { ProblemView } from '../../functions/contract/problem-view.ts';
import { makeSamples } from '../../samples/make.ts';
import { cli, jsonLines } from '../support/cli.ts';
import { lineWith, type RunningService, startService } from '../support/local-service.ts';
import { serviceToken } from '../support/service-token.ts';
import { itOnSmallDisk, type SmallDisk, smallDisk } from '../support/small-disk.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { treeOf } from '../support/tree.ts';
import { until } from '../support/until.ts';

let folder: TemporaryFolder;
let disk: SmallDisk | undefined;
let service: RunningService | undefined;
let env: NodeJS.ProcessEnv;
const at = (...names: string[]) => join(folder.path, ...names);

beforeAll(async () => {
  folder = await temporaryFolder();
  await makeSamples(folder.path);
});
afterAll(async () => {
  await service?.stop();
  await disk?.[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function ask<T>(path: string, method = 'GET'): Promise<{ status: number; body: T & ProblemView }> {
  const Authorization = `Bearer ${env.LABDEPLOY_TOKEN}`;
  const answer = await fetch(service!.origin + path, { method, headers: { Authorization } });
  return { status: answer.status, body: (await answer.json()) as T & ProblemView };
}
const storageOf = async (job: string) => (await ask<JobView>(`/v1/jobs/${job}`)).body.storage?.state;
const stored = (job: string, state: string) =>
  until(`the results are ${state}`, async () => ((await storageOf(job)) === state ? true : undefined));

async function submit(image: string): Promise<string> {
  const args = ['submit', at('images', image), '-o', at('none'), '--no-wait', '--url', service!.origin, '--json'];
  const { stdout } = await cli(args, { env });
  return String(jsonLines(stdout).find(({ event }) => event === 'submit.started')!.job);
}
async function download(job: string, out: string) {
  const { code } = await cli(['jobs', 'download', job, '-o', at(out), '--url', service!.origin], { env });
  const { 'manifest.json': _, ...tree } = await treeOf(at(out));
  return { code, tree };
}

itOnSmallDisk(
  'an archive disk that is full, read-only or not mounted is named, loses nothing, and is used again when it is back',
  async () => {
    await mkdir(at('nas'));
    await mkdir(at('elsewhere'));
    disk = await smallDisk(at('nas'), 8);
    const args = ['--data', at('data'), '--archive-to', at('nas'), '--archive-after', '1', '--workers', '1'];
    service = await startService(args, {}, disk.under);
    env = { XDG_CONFIG_HOME: at('config'), LABDEPLOY_TOKEN: await serviceToken(service.origin, service.url) };
    const trouble = () => lineWith(service!, 'local.trouble');

    disk.sh('head -c 100M /dev/zero > "$1/filler" || true');
    let said = trouble();
    const first = await submit('sparse.tif');
    expect(await said).toMatchObject({ stage: 'cold', message: expect.stringMatching(/full|space/) });
    expect(await storageOf(first)).toBe('archiving');
    disk.sh('rm "$1/filler"');
    await stored(first, 'archived');

    disk.sh('mount -o remount,ro "$1"');
    said = trouble();
    const second = await submit('dim');
    expect(await said).toMatchObject({ stage: 'cold', message: expect.stringMatching(/written to/) });
    expect(await storageOf(second)).toBe('archiving');
    expect((await ask(`/v1/jobs/${second}/download`)).status).toBe(200); // the archive could not take it yet
    disk.sh('mount -o remount,rw "$1"');
    await stored(second, 'archived');

    disk.sh('mount --move "$1" "$1/../elsewhere"');
    said = trouble();
    expect((await ask(`/v1/jobs/${first}/restore`, 'POST')).status).toBe(200);
    expect(await said).toMatchObject({ stage: 'cold', message: expect.stringMatching(/cannot be reached/) });
    expect([await storageOf(first), await storageOf(second)]).toEqual(['restoring', 'archived']);
    expect((await ask(`/v1/jobs/${first}/download`)).body.code).toBe('resultArchived');
    disk.sh('mount --move "$1/../elsewhere" "$1"');
    await stored(first, 'live');
    expect((await ask(`/v1/jobs/${second}/restore`, 'POST')).status).toBe(200);
    await stored(second, 'live');

    for (const [job, image] of [
      [first, 'sparse.tif'],
      [second, 'dim'],
    ] as const) {
      expect((await cli(['run', at('images', image), '-o', at(`run ${image}`)])).code).toBe(0);
      const { 'manifest.json': _, ...tree } = await treeOf(at(`run ${image}`));
      expect(await download(job, `out ${image}`)).toEqual({ code: 0, tree });
    }
    expect(service.child.exitCode).toBeNull();
  },
  400_000,
);
