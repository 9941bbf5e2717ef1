import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LocalWorkspace } from '@pulumi/pulumi/automation/index.js';
import { cli, jsonLines } from '../support/cli.ts';
import { secondsOfChildren } from '../support/processor-time.ts';
import { owner, region } from '../support/simulated-account/clients.ts';
import { describeWithEngine } from '../support/simulated-account/describe-with-engine.ts';
import { leftBehind } from '../support/simulated-account/left-behind.ts';
import { type Moto, startMoto } from '../support/simulated-account/moto.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const stackCommands = ['preview', 'outputs', 'status', 'logs', 'unlock', 'destroy'];
const changing = [['up'], ['destroy'], ['unlock'], ['bootstrap-iam']];

let home: TemporaryFolder;
beforeAll(async () => {
  home = await temporaryFolder();
});
afterAll(() => home[Symbol.asyncDispose]());

/** Of somebody without any settings: the machine's own have no part in this. */
const bare = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => /^(AWS_|PULUMI_)/.test(name))
      .map((name) => [name, undefined]),
  ),
  HOME: home.path,
  AWS_EC2_METADATA_DISABLED: 'true',
});

/** Exit code of a command, and what it says of its failure. */
async function failureOf(args: readonly string[], env: NodeJS.ProcessEnv) {
  const { code, stdout, stderr } = await cli([...args, '--json'], { cwd: home.path, env: { ...bare(), ...env } });
  expect(stderr).toBe('');
  const lines = jsonLines(stdout);
  const { event, ...error } = lines.at(-1)!;
  expect(event).toBe('error');
  expect(error.exit).toBe(code);
  return { ...error, exit: code } as { exit: number; code: string; what: string; why: string; next: string };
}

const keys = { AWS_ACCESS_KEY_ID: owner.accessKeyId, AWS_SECRET_ACCESS_KEY: owner.secretAccessKey };

describe('without a terminal and without --yes', () => {
  it.each(changing)(
    '%s ends at once with 4 and names the flag',
    async (command) => {
      const seconds: number[] = [];
      for (let n = 0; n < 5 && (n === 0 || Math.min(...seconds) >= 1); n++) {
        const before = await secondsOfChildren();
        const failure = await failureOf([command], {});
        seconds.push((await secondsOfChildren()) - before);
        expect(failure).toMatchObject({ exit: 4, code: 'inputNeeded' });
        expect(failure.next).toContain('--yes');
      }
      expect(Math.min(...seconds)).toBeLessThan(1); // of the processor; again where others were on the same core
    },
    60_000,
  );
});

describe('before AWS is asked', () => {
  it.each([['up', '--yes'], ...stackCommands.map((command) => [command, '--yes']), ['stacks'], ['whoami']])(
    '%s needs a region',
    async (...args) => {
      expect(await failureOf(args, keys)).toMatchObject({ exit: 2, code: 'regionMissing' });
    },
  );

  it.each(['europe', 'eu-central', 'EU-CENTRAL-1'])('%s is no region', async (name) => {
    expect(await failureOf(['up', '--yes', '--region', name], keys)).toMatchObject({
      exit: 2,
      code: 'regionUnknown',
      what: expect.stringContaining(`'${name}'`),
    });
  });

  it.each(['cn-north-1', 'us-gov-west-1'])('%s is not served', async (name) => {
    expect(await failureOf(['up', '--yes', '--region', name], keys)).toMatchObject({
      exit: 2,
      code: 'regionNotServed',
      what: `labdeploy does not run in ${name}`,
    });
  });

  it.each(['Dev', '-a', 'a_b', 'a'.repeat(21), '1st'])('%s names no stack', async (name) => {
    expect(await failureOf(['up', '--yes', `--stack=${name}`, '--region', region], keys)).toMatchObject({
      exit: 2,
      code: 'stackNameRefused',
      what: expect.stringContaining(`'${name}'`),
    });
  });

  it('a setting without a value is none', async () => {
    expect(await failureOf(['up', '--yes', '--config', 'memory', '--region', region], keys)).toMatchObject({
      exit: 2,
      code: 'usage',
      what: expect.stringContaining("'memory' is not key=value"),
    });
  });

  it.each(['up', 'destroy', 'whoami', 'doctor'])('%s needs credentials', async (command) => {
    const failure = await failureOf([command, '--yes', '--region', region], {});
    if (command === 'doctor') expect(failure).toMatchObject({ exit: 3, code: 'doctorFailed' });
    else expect(failure).toMatchObject({ exit: 3, code: 'credentialsMissing' });
  });
});

describe('what AWS does not take', () => {
  let server: Server;
  let answer: [status: number, code: string, message: string];
  let asked: string[];
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      asked.push(new URLSearchParams(body).get('Action') ?? `${request.method} ${request.url}`);
      const [status, code, message] = answer;
      response.writeHead(status, { 'content-type': 'text/xml' });
      response.end(
        `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    asked = [];
  });
  const env = () => ({
    ...keys,
    AWS_REGION: region,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });

  it.each([
    [
      'an expired token',
      403,
      'ExpiredToken',
      'The security token included in the request is expired',
      'credentialsExpired',
    ],
    [
      'an unknown key',
      403,
      'InvalidClientTokenId',
      'The security token included in the request is invalid.',
      'credentialsRefused',
    ],
    [
      'a wrong secret',
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match',
      'credentialsRefused',
    ],
    [
      'a key without rights',
      403,
      'AccessDenied',
      'User: x is not authorized to perform: sts:GetCallerIdentity',
      'actionDenied',
    ],
  ])('%s ends up, and nothing else is asked', async (_, status, code, message, expected) => {
    answer = [status, code, message];
    expect(await failureOf(['up', '--yes'], env())).toMatchObject({ exit: 3, code: expected });
    expect(asked).toEqual(['GetCallerIdentity']);
  });

  it('an address where nobody answers ends up', async () => {
    const closed = { ...env(), AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
    expect(await failureOf(['up', '--yes'], closed)).toMatchObject({ exit: 3, code: 'awsUnreachable' });
  });
});

await describeWithEngine('in an account', (engine) => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(async () => {
    await moto[Symbol.asyncDispose]();
  });
  const env = () => ({
    ...keys,
    AWS_REGION: region,
    AWS_ENDPOINT_URL: moto.url,
    PATH: [dirname(engine.pulumi.command), engine.pluginFolder, process.env.PATH].filter(Boolean).join(delimiter),
  });

  it.each([
    ['a setting that there is not', 'colour=red', 'labdeploy:colour', 'no such setting'],
    ['a value of the wrong kind', 'memory=much', 'labdeploy:memory', 'expected number'],
    ['a value out of bounds', 'retentionDays=0', 'labdeploy:retentionDays', '>=1'],
    ['settings that contradict each other', 'signUp=domains', 'labdeploy:allowedDomains', 'signUp is domains'],
  ])('%s is refused before anything is made', async (_, setting, key, why) => {
    const failure = await failureOf(['up', '--yes', '--config', setting], env());
    expect(failure).toMatchObject({ exit: 2, code: 'configRefused' });
    expect(failure.what).toContain(key);
    expect(failure.why).toContain(why);
    expect(await leftBehind(moto.url)).toEqual([]);
  });

  it("a bad setting makes no passphrase for a state of one's own either", async () => {
    await using own = await temporaryFolder();
    const elsewhere = { ...env(), PULUMI_BACKEND_URL: `file://${own.path}` };
    const failure = await failureOf(['up', '--yes', '--config', 'colour=red'], elsewhere);
    expect(failure).toMatchObject({ exit: 2, code: 'configRefused' });
    expect(await leftBehind(moto.url)).toEqual([]);
  });

  it.each(stackCommands.filter((command) => command !== 'preview'))(
    '%s of a stack that there is not makes nothing',
    async (command) => {
      expect(await failureOf([command, '--yes', '--stack', 'none'], env())).toMatchObject({
        exit: 3,
        code: 'stackNotFound',
        what: `no stack 'none' in ${region}`,
      });
      expect(await leftBehind(moto.url)).toEqual([]);
    },
  );

  it('stacks are none, and listing them makes nothing', async () => {
    const { code, stdout } = await cli(['stacks', '--json'], { cwd: home.path, env: { ...bare(), ...env() } });
    expect([code, jsonLines(stdout)]).toEqual([0, [{ event: 'stacks.listed', region, stacks: [] }]]);
    expect(await leftBehind(moto.url)).toEqual([]);
  });

  describe('where another user changes the stack', () => {
    let state: TemporaryFolder;
    let own: NodeJS.ProcessEnv;
    const locks = () => join(state.path, '.pulumi/locks/organization/labdeploy/dev');
    beforeAll(async () => {
      state = await temporaryFolder();
      own = { ...env(), PULUMI_BACKEND_URL: `file://${state.path}`, PULUMI_CONFIG_PASSPHRASE: 'test' };
      await LocalWorkspace.createStack(
        { stackName: 'dev', projectName: 'labdeploy', program: async () => {} },
        { pulumiCommand: engine.pulumi, envVars: own as Record<string, string>, workDir: home.path },
      );
      await mkdir(locks(), { recursive: true });
      const lock = { pid: 7, username: 'ada', hostname: 'elsewhere', timestamp: '2026-11-21T17:00:00Z' };
      await writeFile(join(locks(), 'a7b0.json'), JSON.stringify(lock));
    }, 60_000);
    afterAll(() => state[Symbol.asyncDispose]());

    it.each([
      ['up', ['deploy.started', 'error']],
      ['destroy', ['error']],
    ])(
      '%s ends with 6 before it has planned or emptied anything, and says who it is',
      async (command, expected) => {
        const { stdout } = await cli([command, '--yes', '--json'], { cwd: home.path, env: { ...bare(), ...own } });
        const events = jsonLines(stdout);
        expect(events.map(({ event }) => event)).toEqual(expected);
        expect(events.at(-1)).toMatchObject({
          exit: 6,
          code: 'stackLocked',
          why: expect.stringMatching(/ada@elsewhere/),
          next: expect.stringContaining('labdeploy unlock'),
        });
        expect(await readdir(locks())).toEqual(['a7b0.json']);
        expect(hostname()).not.toBe('elsewhere');
      },
      60_000,
    );

    it("up says what a first deployment takes of the folder's file, but for what is given", async () => {
      await using folder = await temporaryFolder();
      await writeFile(join(folder.path, 'Pulumi.yaml'), 'name: labdeploy\nruntime: nodejs\n');
      const settings = 'config:\n  aws:region: us-west-2\n  labdeploy:retentionDays: 7\n  labdeploy:memory: 2048\n';
      await writeFile(join(folder.path, 'Pulumi.dev.yaml'), settings);
      const args = ['up', '--yes', '--json', '--config', 'memory=4096'];
      const { stdout } = await cli(args, { cwd: folder.path, env: { ...bare(), ...own } });
      const [, taken, error] = jsonLines(stdout);
      expect(taken).toEqual({
        ...{ event: 'deploy.firstSettings', stack: 'dev' },
        ...{ file: 'Pulumi.dev.yaml', settings: { retentionDays: '7' } },
      });
      expect(error).toMatchObject({ code: 'stackLocked' });
    }, 60_000);

    it('unlock breaks the lock, says whose it was, and is content where there is none', async () => {
      const unlock = () => cli(['unlock', '--yes', '--json'], { cwd: home.path, env: { ...bare(), ...own } });
      expect(jsonLines((await unlock()).stdout)).toEqual([
        { event: 'unlock.done', stack: 'dev', holder: expect.stringContaining('ada@elsewhere') },
      ]);
      expect(await readdir(locks())).toEqual([]);
      expect(jsonLines((await unlock()).stdout)).toEqual([{ event: 'unlock.done', stack: 'dev' }]);
    }, 60_000);
  });
});
