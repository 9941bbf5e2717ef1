import { describe, expect, it } from '@jest/globals';
import type { PickedFile } from '../../../web/upload/picked-file.ts';
import { type Entry, walkEntries } from '../../../web/upload/walk-entries.ts';

interface Counts {
  opened: string[];
  read: number;
  atOnce: number;
  most: number;
}

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
  return { isFile: false, isDirectory: true, fullPath, createReader };
}

function file(fullPath: string, counts: Counts): Entry {
  const open = (give: (file: File) => void) => {
    counts.opened.push(fullPath);
    counts.most = Math.max(counts.most, ++counts.atOnce);
    setTimeout(() => {
      counts.atOnce--;
      give(new File(['x'], fullPath.split('/').at(-1)!));
    });
  };
  return { isFile: true, isDirectory: false, fullPath, file: open };
}

async function filesBelow(entry: Entry): Promise<PickedFile[]> {
  const found: PickedFile[] = [];
  await walkEntries(entry, found);
  return found;
}

describe('a folder that is dropped', () => {
  it('has each file opened once, a hundred at a time, however many there are', async () => {
    const counts: Counts = { opened: [], read: 0, atOnce: 0, most: 0 };
    const files = Array.from({ length: 20_000 }, (_, n) => file(`/many/${n}.tif`, counts));
    const found = await filesBelow(folder('/many', files, counts));
    expect(found.map(({ path }) => path)).toEqual(Array.from({ length: 20_000 }, (_, n) => `many/${n}.tif`));
    expect([counts.opened.length, new Set(counts.opened).size]).toEqual([20_000, 20_000]);
    expect(counts.read).toBe(201);
    expect(counts.most).toBeLessThanOrEqual(100);
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

  it('is refused where one of its files cannot be opened', async () => {
    const counts: Counts = { opened: [], read: 0, atOnce: 0, most: 0 };
    const broken: Entry = {
      isDirectory: false,
      isFile: true,
      fullPath: '/many/x.tif',
      file: (_give: unknown, fail: (error: Error) => void) => fail(new Error('no permission')),
    };
    const dropped = filesBelow(folder('/many', [file('/many/a.tif', counts), broken], counts));
    await expect(dropped).rejects.toThrow('no permission');
  });
});
