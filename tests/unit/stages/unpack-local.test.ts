import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { openLocalObjectStore } from '../../../functions/adapters/local/object-store.ts';
import { inputRef, uploadRef } from '../../../functions/core/object-keys.ts';
import { objectChunks } from '../../../functions/object-streams/object-chunks.ts';
import { unpack } from '../../../functions/stages/unzip/unpack.ts';
import { bytesOf, noise } from '../../support/bytes.ts';
import { stageWorld } from '../../support/stage-world.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { buildZip } from '../../support/zip-builder.ts';

const large = [noise(1_500_001, 1), noise(2_600_000, 2), noise(300, 3)] as const;

describe('objects on this machine', () => {
  it('are unpacked from large entries, stored and deflated, whole or not at all', async () => {
    await using folder = await temporaryFolder();
    await using objects = await openLocalObjectStore({ root: folder.path });
    const world = { ...(await stageWorld()), objects };
    const cut = deflateRawSync(large[1]).subarray(0, 1_000_000);
    const entries = [
      { name: 'a.tif', data: large[0] },
      { name: 'b.tif', data: large[1], method: 8 },
      { name: 'c.tif', data: large[2] },
      { name: 'd.tif', data: large[2], method: 8 },
      { name: 'wrong.tif', data: large[0], crc32: 1 },
      { name: 'cut.tif', data: large[1], method: 8, packed: cut },
    ];
    await objects.put(uploadRef(world.job, 'folder.zip'), buildZip({ entries }));
    const result = await unpack({ ...world.job, archive: 'folder.zip' }, world);
    expect(result).toMatchObject({ images: 4, written: 4 });
    for (const { name, data } of entries.slice(0, 4)) {
      expect(data.equals(await bytesOf(await objects.get(inputRef(world.job, name))))).toBe(true);
    }
    for (const name of ['wrong.tif', 'cut.tif']) expect(await objects.head(inputRef(world.job, name))).toBeUndefined();
  });

  it('are passed on in order, and can be let go half-way', async () => {
    await using folder = await temporaryFolder();
    await using objects = await openLocalObjectStore({ root: folder.path });
    const ref = inputRef({ owner: 'lab', id: 'job' }, 'a.tif');
    for (const data of [Buffer.alloc(0), large[2], large[0]]) {
      await objects.put(ref, data);
      expect(data.equals(await bytesOf(objectChunks(objects, ref)))).toBe(true);
    }
    for await (const chunk of objectChunks(objects, ref)) {
      expect(chunk.length).toBeLessThan(large[0].length);
      break;
    }
    await objects.remove(ref);
    await expect(bytesOf(objectChunks(objects, ref))).rejects.toMatchObject({ code: 'objectMissing' });
  });
});
