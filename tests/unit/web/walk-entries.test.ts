import { describe, expect, it } from '@jest/globals';
import type { PickedFile } from '../../../web/upload/picked-file.ts';
import { type Entry, type Handle, walkEntries } from '../../../web/upload/walk-entries.ts';

interface Counts {
  opened: string[];
  read: number;
  atOnce: number;
  most: number;
}

const nameOf = (fullPath: string): string => fullPath.split('/').at(-1)!;

/** A folder as the browser gives it: a hundred entries a call at most, one call after the other. */
function folder(fullPath: string, entries: readonly Entry[], counts: Counts): Entry {
  const createReader = () => {
    let at = 0;
    let asking = false;
    return {
      readEntries(give: (some: Entry[]) => void, fail: (error: Error) => void) {
        if (asking) return fail(new Error('asked again before the answer'));
        asking = true;
        counts.read++;
        setTimeout(() => {
          asking = false;
          const some = entries.slice(at, at + 100);
          at += some.length;
          give(some);
        });
      },
    };
  };
  return { isFile: false, isDirectory: true, name: nameOf(fullPath), fullPath, createReader };
}

function file(fullPath: string, counts: Counts): Entry {
  const open = (give: (file: File) => void) => {
    counts.opened.push(fullPath);
    counts.most = Math.max(counts.most, ++counts.atOnce);
    setTimeout(() => {
      counts.atOnce--;
      give(new File(['x'], nameOf(fullPath)));
    });
  };
  return { isFile: true, isDirectory: false, name: nameOf(fullPath), fullPath, file: open };
}

async function filesBelow(entry: Entry): Promise<PickedFile[]> {
  const found: PickedFile[] = [];
  await walkEntries(entry, found);
  return found;
}

describe('a folder that is dropped', () => {
  it('has each file opened once, a thousand at a time, however many there are', async () => {
    const counts: Counts = { opened: [], read: 0, atOnce: 0, most: 0 };
    const files = Array.from({ length: 20_000 }, (_, n) => file(`/many/${n}.tif`, counts));
    const found = await filesBelow(folder('/many', files, counts));
    expect(found.map(({ path }) => path)).toEqual(Array.from({ length: 20_000 }, (_, n) => `many/${n}.tif`));
    expect([counts.opened.length, new Set(counts.opened).size]).toEqual([20_000, 20_000]);
    expect(counts.read).toBe(201);
    expect(counts.most).toBeLessThanOrEqual(1000);
  });

  it('is read with all folders below it', async () => {
    const counts: Counts = { opened: [], read: 0, atOnce: 0, most: 0 };
    const wells = Array.from({ length: 250 }, (_, well) =>
      folder(`/plate/${well}`, [file(`/plate/${well}/a.tif`, counts)], counts),
    );
    const top = folder('/plate', [file('/plate/b.tif', counts), ...wells], counts);
    const found = await filesBelow(top);
    expect(found.map(({ path }) => path).sort()).toEqual(
      ['plate/b.tif', ...wells.map((_, well) => `plate/${well}/a.tif`)].sort(),
    );
  });

  it('is opened by handles, which are quicker, and by entries where there is none of them or it fails', async () => {
    const counts: Counts = { opened: [], read: 0, atOnce: 0, most: 0 };
    const opened: string[] = [];
    const files = ['a.tif', 'b.lnk', 'c.tif'].map((name) => file(`/many/sub/${name}`, counts));
    const handle = (name: string, fails = false): Handle => ({
      ...{ kind: 'file', name },
      async getFile() {
        if (fails) throw new Error('not allowed');
        opened.push(name);
        return new File(['x'], name);
      },
    });
    const holding = (name: string, inside: Handle[]): Handle => ({
      ...{ kind: 'directory', name },
      async *values() {
        yield* inside;
      },
    });
    const top = folder('/many', [folder('/many/sub', files, counts)], counts);
    const handles = holding('many', [holding('sub', [handle('a.tif'), handle('c.tif', true)])]);
    const found: PickedFile[] = [];
    await walkEntries(top, found, handles);
    expect(found.map(({ path }) => path)).toEqual(['many/sub/a.tif', 'many/sub/b.lnk', 'many/sub/c.tif']);
    expect([opened, counts.opened]).toEqual([['a.tif'], ['/many/sub/b.lnk', '/many/sub/c.tif']]);
  });

  it('is refused where one of its files cannot be opened', async () => {
    const counts: Counts = { opened: [], read: 0, atOnce: 0, most: 0 };
    const broken: Entry = {
      isDirectory: false,
      isFile: true,
      name: 'x.tif',
      fullPath: '/many/x.tif',
      file: (_give: unknown, fail: (error: Error) => void) => fail(new Error('no permission')),
    };
    const dropped = filesBelow(folder('/many', [file('/many/a.tif', counts), broken], counts));
    await expect(dropped).rejects.toThrow('no permission');
  });
});
