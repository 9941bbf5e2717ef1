import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fileOverlay } from '../../functions/adapters/local/file-overlay.ts';
import { openLocalObjectStore } from '../../functions/adapters/local/object-store.ts';
import type { ObjectStore } from '../../functions/ports/object-store.ts';
import { bytesOf } from '../support/bytes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { objectStoreContract } from './object-store.ts';

async function openOverlay() {
  const folder = await temporaryFolder();
  const at = (...names: string[]) => join(folder.path, ...names);
  const base = await openLocalObjectStore({ root: at('store') });
  const store = fileOverlay(base, {
    temporary: at('temporary'),
    fileOf({ bucket, key }) {
      if (bucket === 'downloads') return { path: at('out', key), writable: true };
      if (bucket === 'uploads') return { path: at(key), writable: false };
      return undefined;
    },
  });
  const close = async () => {
    await store[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  };
  return { store, at, close };
}

objectStoreContract('plain files over this machine', async () => {
  const { store, close } = await openOverlay();
  return { ...store, [Symbol.asyncDispose]: close };
});

describe('objects that are plain files', () => {
  let store: ObjectStore;
  let at: (...names: string[]) => string;
  let close: () => Promise<void>;
  beforeEach(async () => {
    ({ store, at, close } = await openOverlay());
  });
  afterEach(() => close());
  const result = { bucket: 'downloads', key: 'cells/a_labels.tif' } as const;

  it('are written whole under the name of choice, leaving nothing beside', async () => {
    expect(await store.put(result, Buffer.from('labels'))).toMatchObject({ bytes: 6 });
    expect(await readFile(at('out/cells/a_labels.tif'), 'utf8')).toBe('labels');
    expect(await store.head(result)).toMatchObject({ bytes: 6, crc32: expect.any(Number) });
    expect(await readdir(at('temporary'))).toEqual([]);
  });

  it('keep the old file when the new one is not what was announced', async () => {
    await store.put(result, Buffer.from('old'));
    await expect(store.put(result, Buffer.from('new'), { bytes: 4 })).rejects.toMatchObject({ code: 'objectCorrupt' });
    await expect(store.put(result, Buffer.from('new'), { crc32: 1 })).rejects.toMatchObject({ code: 'objectCorrupt' });
    expect(await readFile(at('out/cells/a_labels.tif'), 'utf8')).toBe('old');
    expect(await readdir(at('temporary'))).toEqual([]);
  });

  it('keep the old file when the body fails half-way', async () => {
    await store.put(result, Buffer.from('old'));
    async function* broken() {
      yield Buffer.from('ne');
      throw new Error('the image is bad');
    }
    await expect(store.put(result, broken())).rejects.toThrow('the image is bad');
    expect(await readFile(at('out/cells/a_labels.tif'), 'utf8')).toBe('old');
    expect(await readdir(at('temporary'))).toEqual([]);
  });

  it('are read where they lie, in ranges too, and never written when they are the user’s', async () => {
    await writeFile(at('image.tif'), '0123456789');
    const image = { bucket: 'uploads', key: 'image.tif' } as const;
    expect((await bytesOf(await store.get(image, { start: 2, end: 5 }))).toString()).toBe('234');
    await using source = await store.open!(image);
    expect(Buffer.from(await source.read(8, 2)).toString()).toBe('89');
    await expect(store.put(image, Buffer.from('x'))).rejects.toThrow('read-only');
    await expect(store.remove(image)).rejects.toThrow('read-only');
    expect(await readFile(at('image.tif'), 'utf8')).toBe('0123456789');
  });

  it('are composed of other objects and removed', async () => {
    await store.put({ bucket: 'inputs', key: 'x' }, Buffer.from('abc'));
    await store.compose(result, [
      { bytes: Buffer.from('<') },
      { from: { bucket: 'inputs', key: 'x' }, range: { start: 1, end: 3 } },
    ]);
    expect(await readFile(at('out/cells/a_labels.tif'), 'utf8')).toBe('<bc');
    await store.remove(result);
    expect(await store.head(result)).toBeUndefined();
    await expect(store.get(result)).rejects.toMatchObject({ code: 'objectMissing' });
  });
});
