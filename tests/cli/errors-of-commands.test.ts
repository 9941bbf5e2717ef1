import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, Ending, Leaf, Round } from '../support/children/every-command.ts';
import { compiled } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const child = join(import.meta.dirname, '../support/children/every-command.ts');
const foreign = /^(AWS_|PULUMI_|LABDEPLOY_)/;

const user = ['ada@lab.example'];
const build = ['--stack', 'dev'];

/** What is typed after each command that asks AWS, under all of its names. */
const asking: Record<string, readonly string[]> = {
  'bootstrap-iam': [],
  up: [],
  deploy: [],
  preview: [],
  diff: [],
  destroy: [],
  stacks: [],
  ls: [],
  outputs: [],
  status: [],
  logs: [],
  cost: ['--days', '1'],
  unlock: [],
  doctor: [],
  whoami: [],
  'users list': [],
  'users add': user,
  'users remove': user,
  'users forget': [...user, '--url', 'http://127.0.0.1:9'],
  'users plan': [...user, 'large'],
  'model build': ['model', ...build],
};

/** All others: AWS has no part in them. */
const others: Record<string, readonly string[]> = {
  'on this machine': [
    ...['run', 'report', 'local', 'inspect', 'train', 'synth', 'completion', 'docs'],
    ...['model check', 'model list', 'model new', 'model score'],
  ],
  'of a service, by its address': [
    ...['submit', 'model add', 'model status', 'model offer', 'model retire'],
    ...['list', 'show', 'download', 'retry', 'correct', 'restore', 'rerun'].map((name) => `jobs ${name}`),
    ...['rename', 'note', 'share', 'unshare', 'shares', 'delete'].map((name) => `jobs ${name}`),
    ...['gallery list', 'gallery publish', 'gallery hide'],
    ...['agreements publish', 'agreements list', 'agreements records', 'bases add', 'bases list', 'bases remove'],
    ...['users usage', 'users requests', 'users export'],
  ],
  'on a machine that the stack starts': ['worker'],
};

/** Says it to whoever asks AWS something; where `knows` is true, not to who asks whose credentials they are. */
interface Refusal {
  status: number;
  code: string;
  message: string;
  knows?: boolean;
}

async function refusing({ status, code, message, knows = false }: Refusal): Promise<Server> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    if (knows && body.includes('Action=GetCallerIdentity')) {
      const identity = `<Account>${'1'.repeat(12)}</Account><Arn>arn:aws:iam::${'1'.repeat(12)}:user/ada</Arn>`;
      response.end(
        `<GetCallerIdentityResponse><GetCallerIdentityResult>${identity}</GetCallerIdentityResult></GetCallerIdentityResponse>`,
      );
      return;
    }
    const isJson = /json/.test(request.headers['content-type'] ?? '');
    response.writeHead(status, { 'content-type': isJson ? 'application/x-amz-json-1.1' : 'text/xml' });
    const asXml = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
    if (isJson) response.end(JSON.stringify({ __type: code, message }));
    else response.end(request.method === 'POST' ? `<ErrorResponse>${asXml}</ErrorResponse>` : asXml);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** By its name: what AWS answers, the code that every command ends with, and what it says to do. */
const refusals: Record<string, Refusal & { ends: string; says: string }> = {
  'a denial': {
    ...{ status: 403, code: 'AccessDenied', message: 'not authorized to perform: sts:GetCallerIdentity' },
    ...{ ends: 'actionDenied', says: 'sts:GetCallerIdentity is not allowed' },
  },
  'an expired token': {
    ...{ status: 403, code: 'ExpiredToken', message: 'The security token is expired' },
    ...{ ends: 'credentialsExpired', says: 'sign in again' },
  },
  'a key that the region does not know': {
    ...{ status: 403, code: 'InvalidClientTokenId', message: 'The security token is invalid' },
    ...{ ends: 'credentialsRefused', says: 'a region that is off by default' },
  },
  'a clock that is wrong': {
    ...{ status: 403, code: 'SignatureDoesNotMatch', message: 'Signature expired: 20260101T000000Z is now earlier' },
    ...{ ends: 'clockWrong', says: 'set the time' },
  },
  'too many requests': {
    ...{ status: 400, code: 'Throttling', message: 'Rate exceeded' },
    ...{ ends: 'awsBusy', says: 'in a minute' },
  },
};

describe('every command of labdeploy', () => {
  let leaves: Leaf[];
  let ended: Record<string, Record<string, Ending>>;
  beforeAll(async () => {
    await using made = new AsyncDisposableStack();
    const folder = made.use(await temporaryFolder()).path;
    await mkdir(join(folder, 'model'));
    await writeFile(join(folder, 'model', 'Dockerfile'), 'FROM scratch\n');
    // Nothing else is asked of the engine before the state is known.
    await writeFile(join(folder, 'pulumi'), '#!/bin/sh\necho v3.250.0\n', { mode: 0o755 });
    const addressOf = async (refusal: Refusal) => {
      const server = await refusing(refusal);
      made.defer(() => new Promise<void>((resolve) => server.close(() => resolve())));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    };
    const later = {
      status: 403,
      code: 'AccessDenied',
      message: 'not authorized to perform: iam:GetPolicy',
      knows: true,
    };
    const nobody = 'http://127.0.0.1:9';
    const rounds: [string, Round][] = [
      ['nobody', roundAt(nobody)],
      ['no region', roundAt(nobody, ['--region', 'europe'])],
      ['a closed region', roundAt(nobody, ['--region', 'cn-north-1'])],
      ['a denial later', roundAt(await addressOf(later))],
    ];
    for (const [name, refusal] of Object.entries(refusals)) rounds.push([name, roundAt(await addressOf(refusal))]);
    const { stdout } = await promisify(execFile)(process.execPath, [child, JSON.stringify(rounds.map(([, r]) => r))], {
      cwd: folder,
      env: {
        ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))),
        ...{ ...compiled, NODE_OPTIONS: '', HOME: folder, PATH: [folder, process.env.PATH].join(delimiter) },
        ...{ AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'secret' },
        AWS_EC2_METADATA_DISABLED: 'true',
      },
      maxBuffer: 1 << 24,
    });
    const answer = JSON.parse(stdout) as Answer;
    leaves = answer.leaves;
    const byCommand = (endings: Ending[]) =>
      Object.fromEntries(Object.keys(asking).map((command, i) => [command, endings[i]!]));
    ended = Object.fromEntries(rounds.map(([name], i) => [name, byCommand(answer.rounds[i]!)]));
  }, 180_000);

  const roundAt = (endpoint: string, more: string[] = []): Round => ({
    endpoint,
    commands: Object.entries(asking).map(([command, args]) => [...command.split(' '), ...args, ...more]),
  });

  /** The one ending that all have; doctor says the same of its check. */
  function commonEnding(round: string): Ending {
    const { doctor, ...all } = ended[round]!;
    const { whoami } = all;
    expect(all).toEqual(Object.fromEntries(Object.keys(all).map((command) => [command, whoami])));
    expect(doctor).toMatchObject({ code: 'doctorFailed', exit: 3, checks: [whoami!.said] });
    return whoami!;
  }

  it('is known here by whether it asks AWS, under each of its names', () => {
    const known = [...Object.keys(asking), ...Object.values(others).flat()];
    expect(leaves.map(({ words }) => words).sort()).toEqual(known.sort());
    const inRegion = leaves.filter(({ options }) => options.includes('--region'));
    expect(inRegion.map(({ words }) => words).sort()).toEqual([...Object.keys(asking), 'synth'].sort());
  });

  it.each(Object.entries(refusals))('that asks AWS says %s as what it is, with what to do', (name, { ends, says }) => {
    expect(commonEnding(name)).toMatchObject({ code: ends, exit: 3, said: expect.stringContaining(says) });
  });

  it('that asks AWS says that nobody answers', () => {
    const said = expect.stringContaining('check the network');
    expect(commonEnding('nobody')).toMatchObject({ code: 'awsUnreachable', exit: 3, said });
  });

  it('that asks AWS says that a region is none, or not served, and asks nobody', () => {
    expect(commonEnding('no region')).toMatchObject({ code: 'regionUnknown', exit: 2 });
    expect(commonEnding('a closed region')).toMatchObject({ code: 'regionNotServed', exit: 2 });
  });

  it('that asks more than who it is says what is denied later', () => {
    const { doctor, ...all } = ended['a denial later']!;
    const codes = Object.fromEntries(Object.entries(all).map(([command, { code }]) => [command, code]));
    const ofState = Object.keys(all).map((command) => [command, 'stateRefused']);
    expect(codes).toEqual({ ...Object.fromEntries(ofState), 'bootstrap-iam': 'actionDenied', whoami: 'ok' });
    expect(doctor!.checks.join()).toContain('labdeploy-state-111111111111-eu-central-1 cannot be used');
  });
});
