import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { cli, jsonLines, startCli } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('labdeploy', () => {
  it('shows help with examples and exit codes on stdout', async () => {
    const { code, stdout, stderr } = await cli(['--help']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toContain('labdeploy run images/ -o results');
    expect(stdout).toContain('3 failed');
  });

  it.each([['run'], ['inspect'], ['model', 'check'], ['model', 'list'], ['model', 'new'], ['model', 'score']])(
    'has an example in the help of %s %s',
    async (...command) => {
      const { code, stdout } = await cli([...command.filter(Boolean), '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain('Example');
      expect(stdout).toContain('--json');
    },
  );

  it.each([
    ['all commands for an unknown command', ['rnu', 'x'], 'labdeploy --help'],
    ['those of its group for an unknown command of one', ['jobs', 'lsit'], 'labdeploy jobs --help'],
    ['a command of a group', ['jobs', 'share', 'x', '--url', 'http://127.0.0.1'], 'labdeploy jobs share --help'],
    ['the command that takes an address', ['users', 'usage', '--url', 'nowhere'], 'labdeploy users usage --help'],
    ['a command that has an empty channel', ['run', 'x', '--channel', ''], 'labdeploy run --help'],
  ])('points to the help of %s', async (_, args, next) => {
    expect((await cli(args)).stderr).toContain(`\n  next: ${next}\n`);
  });

  it('inspect names a file that is not there', async () => {
    const { code, stdout } = await cli(['inspect', '--json', '/nowhere/a.tif']);
    expect(code).toBe(3);
    expect(JSON.parse(stdout.split('\n')[0]!)).toEqual({
      file: '/nowhere/a.tif',
      error: { code: 'inputMissing', message: 'no such file or folder: /nowhere/a.tif' },
    });
  });

  it('says its version', async () => {
    expect((await cli(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    ['an unknown command', ['rnu'], "unknown command 'rnu'"],
    ['an unknown option', ['run', 'x', '--fast'], "unknown option '--fast'"],
    ['a missing argument', ['run'], "missing required argument 'inputs'"],
    ['a number that is none', ['run', 'x', '-w', 'many'], 'whole number'],
    ['options that exclude each other', ['run', 'x', '--fail-fast', '--keep-going'], 'cannot be used with'],
  ])('ends with 2 for %s, and says what to do', async (_, args, message) => {
    const { code, stdout, stderr } = await cli(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/\[usage\]\n {2}why: .*\n {2}next: labdeploy .*--help\n$/);
  });

  it('shows help and ends with 2 when it is asked nothing', async () => {
    const { code, stdout } = await cli([]);
    expect(code).toBe(2);
    expect(stdout).toContain('Usage: labdeploy');
  });

  it('gives an error as one JSON line', async () => {
    const { code, stdout, stderr } = await cli(['run', 'nowhere', '--json']);
    expect(code).toBe(2);
    expect(stderr).toBe('');
    expect(jsonLines(stdout)).toEqual([
      {
        event: 'error',
        code: 'inputMissing',
        what: 'no such file or folder: nowhere',
        why: expect.any(String),
        next: expect.any(String),
        exit: 2,
      },
    ]);
  });

  it('shows the stack with --debug only', async () => {
    expect((await cli(['run', 'nowhere'])).stderr).not.toContain('    at ');
    expect((await cli(['run', 'nowhere', '--debug'])).stderr).toContain('    at ');
  });

  it('writes no colour where stderr is no terminal', async () => {
    expect((await cli(['run', 'nowhere'])).stderr).not.toContain('\u001b[');
  });

  it('goes on to its end where nobody reads any more what it says on the way', async () => {
    await using folder = await temporaryFolder();
    const image = join(import.meta.dirname, '../../samples/images/dense.tif');
    const { child, finished } = startCli(['run', image, '-o', folder.path]);
    child.stderr!.destroy();
    expect(await finished).toMatchObject({ code: 0 });
    expect(await readdir(folder.path)).toContain('dense_labels.tif');
  }, 60_000);

  it.each([
    ['ends well where nobody reads its result', ['inspect', '--json', 'nowhere.tif'], 0],
    ['that changes an account does not end for that', ['up', '--yes', '--json', '--region', 'europe'], 2],
  ])('%s', async (_, args, expected) => {
    const { child, finished } = startCli(args);
    child.stdout!.destroy();
    expect((await finished).code).toBe(expected);
  });
});
