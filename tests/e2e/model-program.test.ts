import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openEngine } from '../../functions/model/engine/engine.ts';
import { openModel } from '../../functions/model/package/package.ts';
import { cli, startCli } from '../support/cli.ts';
import { zipOf } from '../support/model-packages.ts';
import { planeOf } from '../support/models.ts';
import { writeMultiplyPackage } from '../support/onnx-model.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

/** A model that gives its input back, and writes the process's id beside itself; it dies of a plane whose first sample is 13. */
const program = `
const { createServer } = require('node:http');
const { writeFileSync } = require('node:fs');
const header = 128; // of the requests' files
createServer((req, res) => {
  if (req.url === '/ping') return res.end();
  const parts = [];
  req.on('data', (part) => parts.push(part)).on('end', () => {
    const body = Buffer.concat(parts);
    if (body.readFloatLE(header) === 13) { console.error('bad luck'); process.exit(3); }
    res.end(body);
  });
}).listen(Number(process.env.PORT), '127.0.0.1', () => {
  writeFileSync('environment.json', JSON.stringify(process.env));
  writeFileSync('pid', String(process.pid));
});
`;

describe('a model that a command runs', () => {
  let folder: TemporaryFolder;
  const at = (...names: string[]) => join(folder.path, ...names);
  const pid = async () => Number(await readFile(at('model/pid'), 'utf8'));
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder[Symbol.asyncDispose]());

  const packaged = async (text: string, settings = '') => {
    const command = JSON.stringify([process.execPath, 'serve.cjs']);
    await writeMultiplyPackage(at('model'), undefined, { settings: `{container: {command: ${command}${settings}}}` });
    await writeFile(at('model/serve.cjs'), text);
    return at('model');
  };
  const plane = planeOf(5, 7, (y, x) => 10 * y + x);

  it('gives the bits of the same model in this process, and is ended with the engine', async () => {
    const here = await openEngine(await openModel(await writeMultiplyPackage(at('onnx'), { factor: 1 })), {
      workers: 1,
    });
    const there = await openEngine(await openModel(await packaged(program)), { workers: 2 });
    expect((await there.predict([plane])).data).toEqual((await here.predict([plane])).data);
    await here[Symbol.asyncDispose]();
    const id = await pid();
    expect(isRunning(id)).toBe(true);
    await there[Symbol.asyncDispose]();
    expect(isRunning(id)).toBe(false);
  });

  it('gets no secrets of the environment', async () => {
    process.env.LAB_ACCESS_TOKEN = 'x';
    process.env.LAB_PLAIN = 'y';
    try {
      await using engine = await openEngine(await openModel(await packaged(program)), { workers: 1 });
      await engine.predict([plane]);
      const seen = JSON.parse(await readFile(at('model/environment.json'), 'utf8'));
      expect([seen.LAB_ACCESS_TOKEN, seen.LAB_PLAIN]).toEqual([undefined, 'y']);
    } finally {
      delete process.env.LAB_ACCESS_TOKEN;
      delete process.env.LAB_PLAIN;
    }
  });

  it('is known by its program too', async () => {
    const before = (await openModel(await packaged(program))).identity;
    const after = (await openModel(await packaged(`${program}// changed`))).identity;
    expect(after.definition).toBe(before.definition);
    expect(after.sha256).not.toBe(before.sha256);
  });

  it('that ends before it is ready is an error with its last 50 lines', async () => {
    const text = 'for (let i = 1; i <= 60; i++) console.log("line " + i); process.exitCode = 4;';
    const opening = openEngine(await openModel(await packaged(text)), { workers: 1 });
    const lines = Array.from({ length: 50 }, (_, i) => `line ${i + 11}`);
    await expect(opening).rejects.toMatchObject({
      code: 'modelProgramEnded',
      advice: { why: `${process.execPath} serve.cjs ended with code 4; its last lines: ${lines.join('\n')}` },
    });
  });

  it('that cannot be started is named', async () => {
    await writeMultiplyPackage(at('model'), undefined, { settings: '{container: {command: [no-such-program]}}' });
    await expect(openEngine(await openModel(at('model')), { workers: 1 })).rejects.toMatchObject({
      code: 'modelProgramEnded',
      advice: { why: expect.stringMatching(/ended with code 127; its last lines: no-such-program: .*ENOENT/) },
    });
  });

  it('that is not ready in time is ended', async () => {
    const text = "require('node:fs').writeFileSync('pid', String(process.pid)); setInterval(() => {}, 1000);";
    const opening = openEngine(await openModel(await packaged(text, ', startSeconds: 1')), { workers: 1 });
    await expect(opening).rejects.toMatchObject({
      code: 'modelBroken',
      advice: { why: expect.stringContaining('within 1 s') },
    });
    expect(isRunning(await pid())).toBe(false);
  });

  it('that dies of one plane is started again for the next, and its words are in the error', async () => {
    await using engine = await openEngine(await openModel(await packaged(program)), { workers: 1 });
    await engine.predict([plane]);
    const first = await pid();
    const dying = engine.predict([planeOf(2, 2, () => 13)]);
    await expect(dying).rejects.toThrow(/ended with code 3; its last lines: bad luck$/);
    expect((await engine.predict([plane])).data[0]![8]).toBe(11);
    expect(await pid()).not.toBe(first);
  }, 60_000);

  it('is not started from a zip', async () => {
    await writeFile(at('model.zip'), await zipOf(await packaged(program)));
    await expect(openEngine(await openModel(at('model.zip')), { workers: 1 })).rejects.toMatchObject({
      code: 'modelUnsupported',
      advice: { why: expect.stringContaining('a program of a zip is not started') },
    });
  });

  it('ends when the process that started it is killed', async () => {
    const path = await packaged(program);
    const root = join(import.meta.dirname, '../..');
    const script = `
      const { openEngine } = await import(${JSON.stringify(join(root, 'functions/model/engine/engine.ts'))});
      const { openModel } = await import(${JSON.stringify(join(root, 'functions/model/package/package.ts'))});
      await openEngine(await openModel(${JSON.stringify(path)}), { workers: 1 });
      console.log('ready');
    `;
    await writeFile(at('parent.mjs'), script);
    const parent = spawn(process.execPath, [at('parent.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
    expect(await Promise.race([once(parent.stdout, 'data'), once(parent, 'exit')])).toEqual([Buffer.from('ready\n')]);
    const id = await pid();
    expect(isRunning(id)).toBe(true);
    parent.kill('SIGKILL');
    while (isRunning(id)) await sleep(50); // the test's own limit ends this
  }, 180_000);
});

/** Gives its input back, but never where a file says so; the planes that it was asked are in another one. */
const hanging = `
const { createServer } = require('node:http');
const { appendFileSync, existsSync, writeFileSync } = require('node:fs');
createServer((req, res) => {
  if (req.url === '/ping') return res.end();
  appendFileSync('asked', 'x');
  if (!existsSync('hang')) req.pipe(res);
}).listen(Number(process.env.PORT), '127.0.0.1', () => writeFileSync('pid', String(process.pid)));
`;

describe('labdeploy run with a model that a command runs', () => {
  it.each([
    { how: 'stopped by Ctrl-C', by: 'SIGINT' },
    { how: 'killed', by: 'SIGKILL' },
  ] as const)(
    '$how while it waits for an answer leaves no program, and the next run goes on',
    async ({ by }) => {
      await using folder = await temporaryFolder();
      const at = (...names: string[]) => join(folder.path, ...names);
      const command = JSON.stringify([process.execPath, 'serve.cjs']);
      const settings = `{container: {command: ${command}}, instances: {threshold: 0.2}}`;
      await writeMultiplyPackage(at('model'), undefined, { settings });
      await writeFile(at('model/serve.cjs'), hanging);
      await writeFile(at('model/hang'), '');
      const image = join(import.meta.dirname, '../../samples/images/sparse.tif');
      const args = ['run', image, '--model', at('model'), '-o', at('out'), '--json'];
      const { child, finished } = startCli(args);
      let ended = false;
      void finished.then(() => {
        ended = true;
      });
      while (!ended && !existsSync(at('model/asked'))) await sleep(50); // the test's own limit ends this
      const id = Number(await readFile(at('model/pid'), 'utf8'));
      expect([ended, isRunning(id)]).toEqual([false, true]);
      child.kill(by);
      const again = setInterval(() => child.kill(by), 4000); // a second Ctrl-C does not wait for the answer
      const { code, signal, stdout } = await finished;
      clearInterval(again);
      expect(by === 'SIGINT' ? [code, signal] : [signal]).toEqual(by === 'SIGINT' ? [130, null] : ['SIGKILL']);
      expect(stdout).not.toContain('run.done');
      while (isRunning(id)) await sleep(50);
      await rm(at('model/hang'));
      const next = await cli(args);
      expect([next.code, next.stderr]).toEqual([0, expect.any(String)]);
      expect(isRunning(Number(await readFile(at('model/pid'), 'utf8')))).toBe(false);
    },
    180_000,
  );
});

/** A zombie, whose parent has not asked for its end, runs no more. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
