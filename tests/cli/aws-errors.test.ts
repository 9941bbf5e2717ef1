import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { LocalWorkspace } from '@pulumi/pulumi/automation/index.js';
import { cli, jsonLines, startCli } from '../support/cli.ts';
import { owner, region } from '../support/simulated-account/clients.ts';
import { describeWithEngine } from '../support/simulated-account/describe-with-engine.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

/** Every command that asks AWS something, by what it asks after it knows whose account it is. */
const commands = [
  ['status'],
  ['logs'],
  ['cost', '--days', '1'],
  ['cost', '--job', '0199'],
  ['users', 'list'],
  ['users', 'add', 'ada@lab.example'],
  ['users', 'remove', 'ada@lab.example'],
  ['users', 'plan', 'ada@lab.example', 'large'],
  ['destroy'],
  ['up'],
  ['bootstrap-iam'],
  ['bootstrap-iam', '--check'],
  ['bootstrap-iam', '--remove'],
];

const outputs = {
  url: 'https://lab.example',
  apiUrl: 'https://api.lab.example',
  userPoolId: `${region}_1`,
  table: 'labdeploy-dev-jobs',
  buckets: { uploads: 'u', inputs: 'i', results: 'r', downloads: 'd', models: 'm' },
  functions: { api: 'labdeploy-dev-api', zip: 'labdeploy-dev-zip' },
  queues: { zips: 'http://127.0.0.1/1/zips' },
  deadLetters: {},
  clientIds: { page: 'page', commandLine: 'cli' },
  distributionId: 'E1',
  issuer: 'https://issuer.example',
  region,
  signInUrl: 'https://sign-in.example',
  siteBucket: 'site',
};

await describeWithEngine('with a deployment, where AWS answers who asks and refuses all else', (engine) => {
  let server: Server;
  let refusal: { status: number; code: string; message: string };
  let hold: Promise<void> | undefined;
  let state: TemporaryFolder;
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      await hold;
      if (new URLSearchParams(body).get('Action') === 'GetCallerIdentity') {
        const identity = `<Account>${'1'.repeat(12)}</Account><Arn>arn:aws:iam::${'1'.repeat(12)}:user/ada</Arn>`;
        response.end(
          `<GetCallerIdentityResponse><GetCallerIdentityResult>${identity}</GetCallerIdentityResult></GetCallerIdentityResponse>`,
        );
        return;
      }
      const { status, code, message } = refusal;
      const isJson = /json/.test(request.headers['content-type'] ?? '');
      response.writeHead(status, { 'content-type': isJson ? 'application/x-amz-json-1.0' : 'text/xml' });
      const asXml = `<Code>${code}</Code><Message>${message}</Message>`;
      if (isJson) response.end(JSON.stringify({ __type: code, message }));
      else if (body.includes('Action=')) response.end(`<ErrorResponse><Error>${asXml}</Error></ErrorResponse>`);
      else response.end(`<Error>${asXml}</Error>`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    state = await temporaryFolder();
    const stack = await LocalWorkspace.createStack(
      { stackName: 'dev', projectName: 'labdeploy', program: async () => outputs },
      { pulumiCommand: engine.pulumi, envVars: variables() as Record<string, string>, workDir: state.path },
    );
    await stack.up();
  }, 120_000);
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    await state[Symbol.asyncDispose]();
  });

  const variables = (): NodeJS.ProcessEnv => ({
    PULUMI_BACKEND_URL: `file://${state.path}`,
    PULUMI_CONFIG_PASSPHRASE: 'test',
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: owner.accessKeyId,
    AWS_SECRET_ACCESS_KEY: owner.secretAccessKey,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_MAX_ATTEMPTS: '1',
    PATH: [dirname(engine.pulumi.command), engine.pluginFolder, process.env.PATH].filter(Boolean).join(delimiter),
  });
  const options = () => ({ cwd: state.path, env: variables() });

  const denied = { status: 403, code: 'AccessDenied', message: 'User: ada is not authorized to perform: lab:Ask on x' };
  const expired = { status: 403, code: 'ExpiredToken', message: 'The security token in the request is expired' };
  it.each([
    ...['users list', 'bootstrap-iam'].map((command) => [command, 'credentialsExpired', expired] as const),
    ...commands.map((command) => [command.join(' '), 'actionDenied', denied] as const), // destroy takes the outputs away
  ])(
    '%s says %s',
    async (command, expected, answer) => {
      refusal = answer;
      const { code: exit, stdout } = await cli([...command.split(' '), '--yes', '--json'], options());
      expect({ exit, ...jsonLines(stdout).at(-1)! }).toMatchObject({ event: 'error', code: expected, exit: 3 });
    },
    120_000,
  );

  it('doctor marks what is denied, with what to do', async () => {
    refusal = denied;
    const { code, stdout } = await cli(['doctor', '--json'], options());
    const lines = jsonLines(stdout);
    expect([code, lines.at(-1)]).toMatchObject([3, { code: 'doctorFailed' }]);
    const failed = lines.filter(({ event, outcome }) => event === 'doctor.check' && outcome === 'fail');
    expect(failed.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['names', 'Lambda', 'Cognito', 'CloudFront']),
    );
    for (const { fix, detail } of failed) {
      expect(fix).toContain('bootstrap-iam');
      expect(detail).not.toContain('bug');
    }
  }, 60_000);

  it.each(['status', 'stacks', 'preview', 'users list', 'whoami'])(
    'Ctrl-C in the first second of %s is an interruption',
    async (command) => {
      let release = () => {};
      hold = new Promise((resolve) => {
        release = resolve;
      });
      const connected = new Promise((resolve) => server.once('request', resolve));
      const { child, finished } = startCli([...command.split(' '), '--json'], options());
      await connected;
      child.kill('SIGINT');
      const { code, stdout } = await finished;
      release();
      hold = undefined;
      expect([code, jsonLines(stdout).at(-1)]).toMatchObject([130, { event: 'error', code: 'interrupted' }]);
    },
    60_000,
  );

  it('Ctrl-C while the engine works is an interruption, also where it ends the engine first', async () => {
    await using folder = await temporaryFolder();
    const begun = join(folder.path, 'begun');
    const script = `#!/bin/sh\ncase "$*" in *version*) echo v3.250.0; exit ;; esac\n: > '${begun}'\nexec sleep 60\n`;
    await writeFile(join(folder.path, 'pulumi'), script, { mode: 0o755 });
    const env = { ...variables(), PATH: [folder.path, process.env.PATH].join(delimiter) };
    const { child, finished } = startCli(['status', '--json'], { cwd: folder.path, env, detached: true });
    await until('the engine to begin', async () => existsSync(begun) || undefined, { seconds: 40 });
    process.kill(-child.pid!, 'SIGINT'); // as a terminal does: to all of them
    const { code, stdout } = await finished;
    expect([code, jsonLines(stdout).at(-1)]).toMatchObject([130, { event: 'error', code: 'interrupted' }]);
  }, 60_000);
});
