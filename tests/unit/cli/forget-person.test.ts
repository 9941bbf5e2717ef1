import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { exportMe } from '../../../cli/actions/lab.ts';
import { forgetUser } from '../../../cli/actions/users.ts';
import type { CommandContext } from '../../../cli/context.ts';
import { openIssuer } from '../../../functions/adapters/local/issuer/open-issuer.ts';
import { type ApiService, apiService } from '../../support/api-service.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Tokens are names; the command line takes those of three parts for access tokens. */
const ada = 'ada.of.lab';
const settings = { model: { name: 'nuclei', sha256: 'a'.repeat(64) } };

let api: ApiService;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  api = await apiService();
  folder = await temporaryFolder();
  const issuer = await openIssuer({
    ...{ url: api.url, dataFolder: folder.path, users: true },
    onError(error) {
      throw error;
    },
  });
  await issuer[Symbol.asyncDispose]();
  for (let n = 0; n < 12; n++)
    await api.ports.jobs.create({ owner: ada, id: `job-00${n + 10}`, name: `plate ${n}`, settings });
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

function contextOf(token: string, yes = true) {
  const said: { name: string; payload: unknown }[] = [];
  const asked: string[] = [];
  const context = {
    io: { emit: (name: string, payload: unknown) => said.push({ name, payload }) },
    signal: new AbortController().signal,
    env: { LABDEPLOY_TOKEN: token },
    cwd: folder.path,
    async confirm(question: string) {
      asked.push(question);
      return yes;
    },
  } as unknown as CommandContext;
  return { said, asked, context };
}

it('users forget deletes all jobs of a person without an account, in as many calls as that takes', async () => {
  const { said, context } = contextOf('root.of.lab');
  await forgetUser(ada, { stack: 'dev', data: '.', url: api.url }, context);
  expect(said).toEqual([
    { name: 'users.forgetting', payload: { service: folder.path, id: ada } },
    { name: 'users.forgotten', payload: { service: folder.path, id: ada, jobs: 12, objects: 0 } },
  ]);
  expect((await api.ports.jobs.list(ada)).items).toEqual([]);
});

it('users forget removes nothing without a yes', async () => {
  const { asked, context } = contextOf('root.of.lab', false);
  await expect(forgetUser(ada, { stack: 'dev', data: '.', url: api.url }, context)).rejects.toMatchObject({
    code: 'declined',
  });
  expect(asked).toEqual([`Remove ${ada} from ${folder.path}, with all jobs, images and results?`]);
  expect((await api.ports.jobs.list(ada)).items).toHaveLength(12);
});

it('users forget of an address without an account says that there is none', async () => {
  const { context } = contextOf('root.of.lab');
  await expect(forgetUser('eve@lab.example', { stack: 'dev', data: '.', url: api.url }, context)).rejects.toMatchObject(
    {
      code: 'accountMissing',
    },
  );
});

it('users export writes every page to one private file, and replaces none', async () => {
  const { said, context } = contextOf(ada);
  await exportMe('me.json', { url: api.url }, context);
  const path = join(folder.path, 'me.json');
  const written = JSON.parse(await readFile(path, 'utf8')) as Record<string, { name: string }[]>;
  expect(written.jobs!.map(({ name }) => name).sort()).toEqual(
    Array.from({ length: 12 }, (_, n) => `plate ${n}`).sort(),
  );
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const counts = { account: 0, jobs: 12, shares: 0, usage: 0, models: 0 };
  expect(said).toEqual([{ name: 'users.exported', payload: { service: api.url, file: 'me.json', counts } }]);
  await expect(exportMe('me.json', { url: api.url }, context)).rejects.toMatchObject({ code: 'outputUnwritable' });
});

it('users export leaves no file where the service does not answer', async () => {
  const { context } = contextOf(ada);
  const away = 'http://127.0.0.1:9';
  await expect(exportMe('me.json', { url: away }, context)).rejects.toMatchObject({ code: 'serviceUnreachable' });
  await expect(stat(join(folder.path, 'me.json'))).rejects.toMatchObject({ code: 'ENOENT' });
});

it('users export asks the service for nothing where the file is there', async () => {
  const { context } = contextOf(ada);
  await writeFile(join(folder.path, 'me.json'), 'mine');
  await expect(exportMe('me.json', { url: 'http://127.0.0.1:9' }, context)).rejects.toMatchObject({
    code: 'outputUnwritable',
  });
  expect(await readFile(join(folder.path, 'me.json'), 'utf8')).toBe('mine');
});
