import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freePort } from '../../functions/model/container/free-port.ts';
import { makeSamples } from '../../samples/make.ts';
import { Browser } from '../support/browser.ts';
import { cli, jsonLines, startCli } from '../support/cli.ts';
import { builtImage } from '../support/image/built-image.ts';
import { describeWithBuilder } from '../support/image/describe-with-builder.ts';
import { lineWith } from '../support/local-service.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { treeOf } from '../support/tree.ts';

const execute = promisify(execFile);
const repository = resolve(import.meta.dirname, '../..');
const minute = 60_000;

/** Names of variables, and forms of keys, of those who may build the image. */
const secrets = /AWS_(ACCESS|SECRET|SESSION)|A[KS]IA[A-Z0-9]{16}|gh[pousr]_\w{30}|npm_\w{30}|_authToken/;
/** Files of a repository or of a home folder that tell secrets. */
const secretFiles =
  /(^|\/)(\.env(\.\w+)?|\.git|\.aws|\.ssh|\.docker|\.netrc|id_rsa|id_ed25519)(\/|$)|^(root|home\/node)\/\.npmrc$/;

const resultsIn = async (path: string) => {
  const { 'manifest.json': _, ...tree } = await treeOf(path); // names the input
  return tree;
};

await describeWithBuilder('the image of the Dockerfile', (builder) => {
  let image: string;
  let folder: TemporaryFolder;
  const at = (...names: string[]) => join(folder.path, ...names);
  beforeAll(async () => {
    image = await builtImage(builder);
    folder = await temporaryFolder();
    await makeSamples(at());
    await mkdir(at('work'));
    for (const path of [at(), at('work')]) await chmod(path, 0o777); // the image's user is another
  }, 40 * minute);
  afterAll(async () => folder?.[Symbol.asyncDispose]());

  const start = (args: readonly string[]) =>
    builder.start(image, args, { volumes: { [at('images')]: '/images', [at('work')]: '/work' } });
  const run = async (args: readonly string[]) => (await start(args)).finished;

  it(
    'begins with labdeploy, as a user without rights, and shows its help',
    async () => {
      expect(await builder.config(image)).toMatchObject({ Entrypoint: ['labdeploy'], Cmd: ['--help'], User: '1000' });
      const { code, stdout, stderr } = await run(['--help']);
      expect([code, stdout.split('\n')[0], stderr]).toEqual([0, 'Usage: labdeploy [options] [command]', '']);
    },
    5 * minute,
  );

  it(
    'knows its version',
    async () => {
      const { version } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as { version: string };
      expect(await run(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
    },
    5 * minute,
  );

  it(
    'segments a folder as the sources do, byte for byte, as a user who owns nothing of it',
    async () => {
      const { code, stdout } = await run(['run', '/images', '-o', '/work/run']);
      expect([code, stdout]).toEqual([0, expect.stringContaining('4 of 4 files done')]);
      expect((await cli(['run', at('images'), '-o', at('expected')])).code).toBe(0);
      expect(await resultsIn(at('work/run'))).toEqual(await resultsIn(at('expected')));
      const { stdout: owners } = await execute('find', [at('work/run'), '-printf', '%U\n']);
      expect(new Set(owners.trim().split('\n'))).toEqual(new Set(['1000']));
    },
    5 * minute,
  );

  it(
    'takes AI_ACTION=predict PATH=… after its name as labdeploy run',
    async () => {
      const { code, stdout } = await run([
        ...['AI_ACTION=predict', 'PATH=/images/sparse.tif', '-o', '/work/words', '--json'],
      ]);
      expect([code, jsonLines(stdout).at(-1)]).toMatchObject([0, { event: 'run.done', done: 1, objects: 25 }]);
      expect(await run(['run', '/images/sparse.tif', '-o', '/work/named'])).toMatchObject({ code: 0 });
      expect(await resultsIn(at('work/words'))).toEqual(await resultsIn(at('work/named')));
    },
    5 * minute,
  );

  it(
    'serves the page and takes a job with local, and ends with Ctrl-C',
    async () => {
      const service = await start(['local', '--data', '/work/data', '--port', `${await freePort()}`, '--json']);
      const { origin, url } = (await lineWith(service, 'local.ready')) as { origin: string; url: string };
      expect(await (await fetch(origin)).text()).toContain('<div id="root">');
      const submitting = startCli(['submit', at('images'), '-o', at('submitted'), '--url', origin, '--json'], {
        env: { XDG_CONFIG_HOME: at('config') },
      });
      const { code } = (await lineWith(submitting, 'submit.signIn')) as { code: string };
      const browser = new Browser(origin);
      await browser.open(url);
      const asked = await browser.submit(await browser.open('/auth/device'), { user_code: code });
      await browser.submit(asked, { confirm: 'yes' });
      expect(await submitting.finished).toMatchObject({ code: 0 });
      expect(Object.keys(await treeOf(at('submitted')))).toContain('dim/large cells_labels.tif');
      await service.interrupt();
      expect(await service.finished).toMatchObject({ code: 0 });
      await expect(fetch(origin)).rejects.toThrow();
    },
    5 * minute,
  );

  it(
    'has no secret in a layer or in its history, and of the repository only what it runs',
    async () => {
      await builder.save(image, at('image.tar'));
      await mkdir(at('saved'));
      await execute('tar', ['-xf', at('image.tar'), '-C', at('saved')]);
      const [{ Config, Layers }] = JSON.parse(await readFile(at('saved/manifest.json'), 'utf8')) as [
        { Config: string; Layers: string[] },
      ];
      const config = await readFile(at('saved', Config), 'utf8');
      expect(config).toContain('"history"');
      expect(config).not.toMatch(secrets);
      const files: string[] = [];
      for (const layer of Layers) {
        const { stdout } = await execute('tar', ['-tf', at('saved', layer)], { maxBuffer: 1 << 28 });
        files.push(...stdout.trim().split('\n'));
      }
      expect(files.filter((file) => secretFiles.test(file))).toEqual([]);
      const own = files.flatMap((file) => /^opt\/labdeploy\/([\w.-]+)/.exec(file)?.[1] ?? []);
      expect([...new Set(own)].sort()).toEqual([
        ...['LICENSE', 'dist', 'models', 'node_modules', 'package.json', 'templates'],
      ]);
      const systems = files.flatMap((file) => /\/bin\/napi-v6\/(\w+\/\w+)\/./.exec(file)?.[1] ?? []);
      expect([...new Set(systems)].sort()).toEqual(['linux/arm64', 'linux/x64']);
    },
    10 * minute,
  );
});
