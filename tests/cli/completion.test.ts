import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cli } from '../support/cli.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await temporaryFolder();
  const { code, stdout } = await cli(['completion', 'bash']);
  expect(code).toBe(0);
  await writeFile(join(folder.path, 'labdeploy.bash'), stdout);
});
afterAll(() => folder[Symbol.asyncDispose]());

/** What bash offers for the last word. */
async function offered(...words: string[]): Promise<string[]> {
  const script = `source "$1"; shift; COMP_WORDS=(labdeploy "$@"); COMP_CWORD=$#; _labdeploy; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run('bash', ['-c', script, 'bash', join(folder.path, 'labdeploy.bash'), ...words]);
  return stdout.trim().split('\n').filter(Boolean).sort();
}

describe('completion in bash', () => {
  it('offers the commands that --help lists', async () => {
    const { stdout } = await cli(['--help']);
    const [, section = ''] = /Commands:\n([\s\S]*?)\n\n/.exec(stdout) ?? [];
    const listed = [...section.matchAll(/^ {2}([a-z][a-z-]+)/gm)].map(([, name]) => name!);
    const commands = (await offered('')).filter((word) => !word.startsWith('-'));
    expect(commands).toEqual(listed.filter((name) => name !== 'help').sort());
    expect(commands).toContain('bootstrap-iam');
  });

  it.each([
    [['de'], ['destroy']],
    [
      ['local', '--sign-up', ''],
      ['invite', 'open'],
    ],
    [['boot'], ['bootstrap-iam']],
    [
      ['users', ''],
      ['list', 'add', 'remove', 'plan', 'usage', 'forget', 'export', 'requests'],
    ],
    [
      ['model', 's'],
      ['score', 'status'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['up', '--ad'], ['--admin']],
    [['deploy', '--ad'], ['--admin']],
    [['syn'], ['synth']],
    [['doc'], ['docs', 'doctor']],
    [['users', 'add', '--a'], ['--admin']],
    [['--json', 'destroy', '--k'], ['--keep-data']],
  ])('%j', async (words, expected) => {
    expect((await offered(...words)).filter((word) => words.at(-1) !== '' || !word.startsWith('-'))).toEqual(
      [...expected].sort(),
    );
  });

  it('leaves the value of an option to the shell', async () => {
    expect(await offered('run', '-o', '')).toEqual([]);
    expect(await offered('up', '--stack', 'u')).toEqual([]);
  });

  it('offers every option of a command', async () => {
    const { stdout } = await cli(['submit', '--help']);
    const listed = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, name]) => name!);
    expect((await offered('submit', '--')).sort()).toEqual(listed.sort());
  });
});

it.each(['zsh', 'fish'])('the script for %s has every command and option', async (shell) => {
  const [script, help] = await Promise.all([cli(['completion', shell]), cli(['users', 'add', '--help'])]);
  const words = [...help.stdout.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm)].map(([, name]) => name!);
  expect(words).toContain('admin');
  expect(words.filter((word) => !script.stdout.includes(word))).toEqual([]);
  expect(script.stdout).toContain('bootstrap-iam');
});

it('another shell is refused', async () => {
  const { code, stderr } = await cli(['completion', 'tcsh']);
  expect({ code, known: stderr.includes('bash, zsh, fish') }).toEqual({ code: 2, known: true });
});
