import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { JobSettings } from '../../functions/core/job.ts';
import {
  downloadRef,
  inputRef,
  packageRef,
  resultRef,
  sentPackageRef,
  uploadRef,
} from '../../functions/core/object-keys.ts';
import { defaultPlans } from '../../functions/core/plans.ts';
import { sealAndAdvance, submitArchive } from '../../functions/jobs/advance.ts';
import { openModel } from '../../functions/model/package/package.ts';
import { bucketVariable } from '../../functions/stack/resource-variables.ts';
import { attempts } from '../../functions/stages/stages.ts';
import { makeSamples } from '../../samples/make.ts';
import { assembleFunctionsIn } from '../support/assembled-functions.ts';
import { bytesOf } from '../support/bytes.ts';
import { cli } from '../support/cli.ts';
import { type FunctionAccount, functionAccount } from '../support/function-account.ts';
import { type FunctionProcess, startFunction } from '../support/function-process.ts';
import { modelCopy, zipOf } from '../support/model-packages.ts';
import { clientsFor, region } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { type PoolPeople, poolPeople } from '../support/simulated-account/pool-people.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

await describeWithMoto('the built functions on a simulated account', (moto) => {
  let folder: TemporaryFolder;
  let account: FunctionAccount;
  let model: JobSettings['model'];
  let functions: Record<'unzip' | 'files' | 'zips' | 'cold' | 'sweep', FunctionProcess>;
  const at = (...names: string[]) => join(folder.path, ...names);
  let people: PoolPeople;

  beforeAll(async () => {
    folder = await temporaryFolder();
    const built = await assembleFunctionsIn(at('built'));
    account = await functionAccount(moto().url, attempts);
    people = await poolPeople(moto().url);
    const start = (name: string) => startFunction(join(built, name), { ...account.variables, ...people.variables });
    functions = {
      unzip: await start('unzip'),
      files: await start('predict'),
      zips: await start('zip'),
      sweep: await start('sweep'),
      cold: await start('cold'),
    };
    const { identity } = await openModel(join(import.meta.dirname, '../../models/nuclei'));
    model = { name: identity.name, sha256: identity.sha256 };
    await mkdir(at('samples'));
    await makeSamples(at('samples'));
  }, 180_000);
  afterAll(async () => {
    for (const fn of Object.values(functions)) await fn[Symbol.asyncDispose]();
    account.close();
    await folder[Symbol.asyncDispose]();
  });

  /** Until no queue has anything for a function. */
  async function settle(predictSeconds?: number): Promise<void> {
    for (let idle = 0; idle < 2; ) {
      let fed = 0;
      for (const queue of ['unzip', 'files', 'zips'] as const)
        while (await account.feed(queue, functions[queue], queue === 'files' ? predictSeconds : undefined)) fed++;
      idle = fed === 0 ? idle + 1 : 0;
    }
  }

  async function sendZip(id: string, owner = 'olga'): Promise<{ owner: string; id: string }> {
    const job = { owner, id };
    const zip = await readFile(at('samples/experiment.zip'));
    await account.jobs.create({
      ...job,
      name: 'experiment',
      settings: { model, probabilities: true, archiveBytes: zip.length },
    });
    await account.objects.put(uploadRef(job, 'experiment.zip'), zip);
    await submitArchive(job, 'experiment.zip', account);
    return job;
  }

  const downloaded = async (job: { owner: string; id: string }) =>
    bytesOf(await account.objects.get(downloadRef({ ...job, generation: 1 })));

  it('take a folder from its zip to the zip that run writes, byte for byte', async () => {
    const job = await sendZip('job-1');
    await settle();
    expect(await account.jobs.get(job)).toMatchObject({ state: 'completed', done: 2, failed: 0 });
    const run = await cli(['run', at('samples/experiment.zip'), '-o', at('run'), '--zip', '--prob']);
    expect(run.code).toBe(0);
    expect((await downloaded(job)).equals(await readFile(at('run/results.zip')))).toBe(true);
  }, 120_000);

  it('archive the results of a person whose plan does, and bring them back with another plan', async () => {
    const { accounts } = people;
    const owner = await people.join('ada@lab.example');
    await accounts.setPlan(owner, 'free');
    const job = await sendZip('job-archived', owner);
    await settle();
    const labels = (await account.objects.list('results', `${owner}/`)).objects.filter(({ key }) => /labels/.test(key));
    const feedCold = async () => {
      while (await account.feed('cold', functions.cold));
    };
    await feedCold();
    const zip = downloadRef({ ...job, generation: 1 });
    expect(await account.jobs.get(job)).toMatchObject({ storage: { state: 'archived', round: 1 } });
    expect(await account.objects.head(zip)).toMatchObject({ cold: 'frozen' });
    expect(labels.length).toBe(2);
    for (const { key } of labels) expect(await account.objects.head({ bucket: 'results', key })).toBeUndefined();

    await accounts.setPlan(owner, 'premium');
    await account.queue.send('cold', [{ kind: 'restoreAll', owner }]);
    await feedCold();
    expect(await account.jobs.get(job)).toMatchObject({ storage: { state: 'restoring', tier: 'expedited' } });
    await account.queue.send('cold', [{ kind: 'thaw', ...job }]); // moto restores at once, and tells nobody
    await feedCold();
    expect(await account.jobs.get(job)).toMatchObject({ storage: { state: 'live', round: 1 } });
    expect((await downloaded(job)).equals(await readFile(at('run/results.zip')))).toBe(true);
    for (const { key, bytes } of labels)
      expect(await account.objects.head({ bucket: 'results', key })).toMatchObject({ bytes });
  }, 120_000);

  it('check a package that was sent, and use it for the job that pinned it', async () => {
    const { models, objects, jobs } = account;
    const strict = await modelCopy('shipped', at('strict'), (yaml) =>
      yaml.replace('threshold: 0.5', 'threshold: 0.95'),
    );
    const zip = await zipOf(strict);
    await models.add({ id: 'version-1', kind: 'onnx', bytes: zip.length, by: 'olga' });
    await objects.put(sentPackageRef('version-1'), zip); // S3 tells predict
    await settle();
    const { state, revision, facts } = (await models.get('version-1'))!;
    expect([state, revision]).toEqual(['ready', 1]);
    expect((await bytesOf(await objects.get(packageRef(facts!.package)))).equals(zip)).toBe(true);
    const job = { owner: 'olga', id: 'job-pinned' };
    await jobs.create({
      ...job,
      name: 'one',
      settings: { model: { name: facts!.name, sha256: facts!.weights, package: facts!.package, revision: 1 } },
    });
    await jobs.expect(job, [{ path: 'sparse.tif', bytes: 1 }]);
    await objects.put(inputRef(job, 'sparse.tif'), await readFile(at('samples/images/sparse.tif')));
    await settle();
    expect(await jobs.file(job, 'sparse.tif')).toMatchObject({ state: 'done' });
    const summary = await bytesOf(await objects.get(resultRef(job, 'sparse.tif', 'summary.json')));
    expect(JSON.parse(summary.toString()).model).toMatchObject({ definition: facts!.definition });
  }, 120_000);

  it('with too little time for a file keep what is done and come again, to the same bytes', async () => {
    const job = await sendZip('job-2');
    await settle(-1); // the time is up before it begins
    const outcomes = functions.files.log.map(({ outcome }) => outcome).filter((outcome) => outcome !== undefined);
    expect(outcomes).toContain('continues');
    expect(await account.jobs.get(job)).toMatchObject({ state: 'completed', done: 2, failed: 0 });
    expect((await downloaded(job)).equals(await readFile(at('run/results.zip')))).toBe(true);
  }, 120_000);

  it('log JSON with job and path, and no secret', async () => {
    const lines = functions.files.log.filter(({ message }) => message === 'predicted');
    expect(lines[0]).toMatchObject({
      level: 'INFO',
      job: 'job-1',
      owner: 'olga',
      path: expect.stringMatching(/\.tif$/),
      outcome: 'done',
      function_request_id: expect.any(String),
    });
    expect(functions.files.log.find(({ FilesDone }) => FilesDone !== undefined)).toMatchObject({
      FilesDone: 1,
      _aws: { CloudWatchMetrics: [{ Namespace: 'labdeploy' }] },
    });
  });

  it('leave what nobody can read in the dead letters, with the reason in the log', async () => {
    const { queue } = account;
    await queue.send('zips', [{ owner: 'olga', id: 'job-1', generation: 0 }]); // no generation is 0
    await settle();
    expect(await queue.depth('zips')).toMatchObject({ waiting: 0, dead: 1 });
    expect(functions.zips.log.find(({ message }) => message === 'a message that cannot be read')).toMatchObject({
      error: { message: expect.stringContaining('not a message of zips') },
    });
  }, 60_000);

  it('answer requests of the HTTP API with a token of the pool, and nobody without', async () => {
    const { clientId, issuer, token } = await signIn(moto().url);
    const LABDEPLOY_API = JSON.stringify({
      ...{ version: '0.0.1', signUp: 'invite', issuer, clientId, cliClientId: 'cli', scopes: ['openid'] },
      ...{
        origins: ['https://lab.example'],
        plans: defaultPlans,
        publicLinks: false,
        retentionDays: 30,
        inputDays: 10,
      },
    });
    const host = new URL(issuer).origin;
    // The account has every bucket, also of what these functions were not assembled with.
    const { [bucketVariable('pictures')]: _, ...withoutPictures } = account.variables;
    const variables = { ...withoutPictures, LABDEPLOY_API };
    await using api = await startFunction(at('built/api'), variables, [[host, moto().url]]);
    const ask = async (method: string, path: string, headers: Record<string, string> = {}, body?: object) => {
      const event = {
        ...{ version: '2.0', routeKey: 'ANY /v1/{proxy+}', rawPath: path, rawQueryString: '', headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        isBase64Encoded: false,
        requestContext: { http: { method, path, sourceIp: '127.0.0.1' }, requestId: 'request', stage: '$default' },
      };
      const answer = (await api.invoke(event)) as { statusCode: number; body: string };
      return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, unknown> };
    };
    const mine = { authorization: `Bearer ${token}` };
    expect(await ask('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await ask('GET', '/v1/config')).toMatchObject({ status: 200, body: { issuer, signIn: 'accounts' } });
    expect(await ask('GET', '/v1/jobs')).toMatchObject({ status: 401 });
    expect(await ask('GET', '/v1/jobs', { authorization: `Bearer ${token}x` })).toMatchObject({ status: 401 });
    expect(await ask('GET', '/v1/models', mine)).toMatchObject({
      status: 200,
      body: { items: [{ name: model.name }] },
    });
    const json = { ...mine, 'content-type': 'application/json', 'idempotency-key': 'only-once' };
    const created = await ask('POST', '/v1/jobs', json, { name: 'folder', source: 'files' });
    expect(created).toMatchObject({ status: 201, body: { name: 'folder', state: 'uploading' } });
    expect(await ask('POST', '/v1/jobs', json, { name: 'folder', source: 'files' })).toEqual(created);
    const { body } = await ask('GET', '/v1/jobs', mine);
    expect(body).toMatchObject({ items: [{ id: created.body.id }] });
    expect(await ask('GET', '/v1/jobs/job-1', mine)).toMatchObject({ status: 404 }); // olga's
    expect(JSON.stringify(api.log)).not.toContain(token);
    expect(api.log).toContainEqual(
      expect.objectContaining({ message: 'answered', method: 'POST', path: '/v1/jobs', status: 201 }),
    );
  }, 60_000);

  it('end a file that no attempt could process, with its reason, when sweep comes', async () => {
    const job = { owner: 'olga', id: 'job-3' };
    const path = 'cells/a b+c.tif';
    const { jobs, objects, queue } = account;
    await jobs.create({ ...job, name: 'x', settings: { model } });
    await jobs.expect(job, [{ path, bytes: 5 }]);
    await sealAndAdvance(job, account);
    const summary = resultRef(job, path, 'summary.json');
    await objects.put(summary, Buffer.from('no JSON')); // nobody expects that: predict throws
    await objects.put(inputRef(job, path), Buffer.from('image')); // S3 tells predict
    await settle();
    expect((await queue.depth('files')).dead).toBe(1);
    await functions.sweep.invoke({});
    expect((await queue.depth('files')).dead).toBe(0);
    expect(await jobs.file(job, path)).toMatchObject({
      state: 'failed',
      failure: { code: 'gaveUp', message: expect.stringContaining('could not be processed') },
    });
    const given = functions.files.log.filter(({ job: id, level }) => id === 'job-3' && level === 'ERROR');
    expect(given.map(({ attempt, message }) => [attempt, message])).toEqual([
      [1, 'comes again'],
      [2, 'comes again'],
      [3, 'comes again'],
      [4, 'comes again'],
      [5, 'given up'],
    ]);
  }, 60_000);
});

/** A pool with one person in it, and her access token. */
async function signIn(url: string): Promise<{ issuer: string; clientId: string; token: string }> {
  const { cognito } = clientsFor(url);
  const { UserPool } = await cognito.send(new CreateUserPoolCommand({ PoolName: 'people' }));
  const UserPoolId = UserPool!.Id!;
  const ExplicitAuthFlows = ['ALLOW_USER_PASSWORD_AUTH' as const];
  const { UserPoolClient } = await cognito.send(
    new CreateUserPoolClientCommand({ UserPoolId, ClientName: 'page', ExplicitAuthFlows }),
  );
  const clientId = UserPoolClient!.ClientId!;
  const Password = 'Correct-horse-1';
  await cognito.send(new AdminCreateUserCommand({ UserPoolId, Username: 'mia@lab.example' }));
  const who = { UserPoolId, Username: 'mia@lab.example', Password, Permanent: true };
  await cognito.send(new AdminSetUserPasswordCommand(who));
  const { AuthenticationResult } = await cognito.send(
    new InitiateAuthCommand({
      AuthFlow: 'USER_PASSWORD_AUTH',
      ClientId: clientId,
      AuthParameters: { USERNAME: 'mia@lab.example', PASSWORD: Password },
    }),
  );
  const issuer = `https://cognito-idp.${region}.amazonaws.com/${UserPoolId}`;
  return { issuer, clientId, token: AuthenticationResult!.AccessToken! };
}
