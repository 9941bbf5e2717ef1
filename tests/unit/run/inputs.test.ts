import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { collectInputs } from '../../../cli/run/inputs.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('what the arguments of run name', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(async () => folder[Symbol.asyncDispose]());

  const at = (...names: string[]) => join(folder.path, ...names);
  const make = async (...names: string[]) => {
    for (const name of names) {
      await mkdir(dirname(at(name)), { recursive: true });
      await writeFile(at(name), name);
    }
  };
  const collect = (args: string[], output = 'out') => collectInputs(args, { cwd: folder.path, output: at(output) });
  const paths = async (args: string[], output?: string) => {
    const inputs = await collect(args, output);
    if (inputs.kind !== 'files') throw new Error('files expected');
    return inputs.files.map(({ path }) => path);
  };

  it('takes every file of one folder, below it, in order', async () => {
    await make('images/b.tif', 'images/day 1/a.tif', 'images/notes.txt');
    expect(await collect(['images'])).toEqual({
      kind: 'files',
      name: 'images',
      root: at('images'),
      files: [
        { file: at('images/b.tif'), path: 'b.tif', bytes: 12 },
        { file: at('images/day 1/a.tif'), path: 'day 1/a.tif', bytes: 18 },
        { file: at('images/notes.txt'), path: 'notes.txt', bytes: 16 },
      ],
    });
  });

  it('keeps files of one name in two folders apart', async () => {
    await make('lab/one/a.tif', 'lab/two/a.tif');
    expect(await paths(['lab/one', 'lab/two'])).toEqual(['one/a.tif', 'two/a.tif']);
    expect(await paths(['lab/one/a.tif', 'lab/two/a.tif'])).toEqual(['one/a.tif', 'two/a.tif']);
  });

  it('takes a file once that two arguments name', async () => {
    await make('images/a.tif', 'images/b.tif');
    expect(await paths(['images', 'images/a.tif'])).toEqual(['a.tif', 'b.tif']);
  });

  it('expands a pattern that the shell did not', async () => {
    await make('images/a_w1.tif', 'images/a_w2.tif', 'images/deep/b_w2.tif');
    expect(await paths(['images/**/*_w2.tif'])).toEqual(['a_w2.tif', 'deep/b_w2.tif']);
  });

  it('takes a file whose name looks like a pattern as that file', async () => {
    await make('images/a[1].tif', 'images/a1.tif');
    expect(await paths(['images/a[1].tif'])).toEqual(['a[1].tif']);
  });

  it('never takes the output folder for an input', async () => {
    await make('images/a.tif', 'images/out/a_labels.tif', 'images/out/.labdeploy/run.json');
    expect(await paths(['images'], 'images/out')).toEqual(['a.tif']);
    await expect(collect(['images'], 'images')).rejects.toMatchObject({ code: 'outputIsInput' });
  });

  it('names hidden files and what Finder and Explorer leave', async () => {
    await make('images/a.tif', 'images/.DS_Store', 'images/._a.tif', 'images/Thumbs.db', 'images/.cache/b.tif');
    expect(await paths(['images'])).toEqual(['.DS_Store', '._a.tif', '.cache/b.tif', 'Thumbs.db', 'a.tif']);
  });

  const troubles = async (args: string[]) => {
    const inputs = await collect(args);
    if (inputs.kind !== 'files') throw new Error('files expected');
    return inputs.files.map(({ path, trouble }) => [path, trouble?.of, trouble?.why]);
  };

  it('follows links, once, and says where a link to nowhere leads', async () => {
    await make('elsewhere/b.tif', 'images/a.tif');
    await symlink(at('elsewhere'), at('images/more'));
    await symlink(at('images'), at('images/loop'));
    await symlink(at('gone.tif'), at('images/gone.tif'));
    await symlink('round.tif', at('images/round.tif'));
    expect(await troubles(['images'])).toEqual([
      ['a.tif', undefined, undefined],
      ['gone.tif', 'file', `it is a link to ${at('gone.tif')}, which is not there`],
      ['loop', 'loop', 'it is a link to a folder that it is in'],
      ['more/b.tif', undefined, undefined],
      ['round.tif', 'file', 'its links lead in a circle'],
    ]);
    expect(await troubles(['images/gone.tif'])).toMatchObject([['gone.tif', 'file', expect.stringContaining('link')]]);
  });

  it('names a pipe, a socket, a device and links to them, without opening any', async () => {
    await make('images/a.tif');
    execFileSync('mkfifo', [at('images/pipe.tif')]);
    await symlink(at('images/pipe.tif'), at('images/to-pipe.tif'));
    await symlink('/dev/zero', at('images/zero.tif'));
    const server = createServer().listen(at('images/socket.tif'));
    await once(server, 'listening');
    try {
      const named = [
        ['a.tif', undefined, undefined],
        ['pipe.tif', 'file', 'it is a named pipe, not a file'],
        ['socket.tif', 'file', 'it is a socket, not a file'],
        ['to-pipe.tif', 'file', 'it is a named pipe, not a file'],
        ['zero.tif', 'file', 'it is a device, not a file'],
      ];
      expect(await troubles(['images'])).toEqual(named);
      expect(await troubles(['images/*'])).toEqual(named);
      expect(await troubles(['images/pipe.tif'])).toEqual([named[1]]);
    } finally {
      server.close();
    }
  });

  it('takes files and folders whose names are not UTF-8, under names that escape those bytes', async () => {
    await make('images/Zelle.tif');
    const raw = (name: string) => Buffer.concat([Buffer.from(`${at('images')}/`), Buffer.from(name, 'latin1')]);
    await writeFile(raw('Zelle \xe4\xff.tif'), 'eight by');
    await mkdir(raw('Pr\xf6ben'));
    await writeFile(raw('Pr\xf6ben/a.tif'), 'a');
    expect(await collect(['images'])).toEqual({
      kind: 'files',
      name: 'images',
      root: at('images'),
      files: [
        { file: raw('Pr\xf6ben/a.tif'), path: 'Pr%F6ben/a.tif', bytes: 1 },
        { file: raw('Zelle \xe4\xff.tif'), path: 'Zelle %E4%FF.tif', bytes: 8 },
        { file: at('images/Zelle.tif'), path: 'Zelle.tif', bytes: 16 },
      ],
    });
    expect(await paths(['images/Zelle \ufffd\ufffd.tif', 'images/Zelle.tif'])).toEqual([
      'Zelle %E4%FF.tif',
      'Zelle.tif',
    ]);
  });

  it('takes one zip by itself and refuses it among others', async () => {
    await make('a.zip', 'b.tif', 'c.zip');
    expect(await collect(['a.zip'])).toEqual({
      kind: 'zip',
      name: 'a',
      root: at('a.zip'),
      file: at('a.zip'),
      bytes: 5,
    });
    await expect(collect(['a.zip', 'b.tif'])).rejects.toMatchObject({ code: 'mixedZip' });
    await expect(collect(['a.zip', 'c.zip'])).rejects.toMatchObject({ code: 'mixedZip' });
  });

  it('names what is missing and a pattern that matches nothing', async () => {
    await expect(collect(['nowhere'])).rejects.toMatchObject({
      code: 'inputMissing',
      message: expect.stringContaining('nowhere'),
    });
    await expect(collect(['*.tif'])).rejects.toMatchObject({ code: 'nothingToDo' });
  });
});
