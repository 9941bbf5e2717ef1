import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { uploadRef } from '../../../functions/core/object-keys.ts';
import { unpack } from '../../../functions/stages/unzip/unpack.ts';
import { noise } from '../../support/bytes.ts';
import { stageWorld } from '../../support/stage-world.ts';
import { buildZip, descriptor, descriptorFlag, zip64Extra } from '../../support/zip-builder.ts';

const images = [noise(400, 1), Buffer.alloc(1000, 'cells '), noise(30, 2)];
const [a, b, c] = images as [Buffer, Buffer, Buffer];
const honest = [
  buildZip({
    entries: [
      { name: 'a.tif', data: a },
      { name: 'b.tif', data: b, method: 8 },
      { name: 'c.txt', data: c },
    ],
    comment: Buffer.from('a comment'),
  }),
  buildZip({
    entries: [
      {
        ...{ name: 'd/a.tif', data: a, flags: descriptorFlag, local: { crc32: 0, bytes: 0, packedBytes: 0 } },
        after: descriptor(a, a.length),
      },
      {
        ...{ name: 'd/c.tif', data: c, bytes: 0xffffffff, packedBytes: 0xffffffff },
        ...{ extra: zip64Extra(c.length, c.length), local: { extra: zip64Extra(c.length, c.length) } },
      },
    ],
    zip64: true,
  }),
];

type Mutation = (zip: Buffer) => Buffer;
const at = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const interesting = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 8, 0x50, 0x7f, 0x80, 0xff));
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(at, interesting).map(([where, value]) => (zip: Buffer) => {
    const changed = Buffer.from(zip);
    changed[Math.floor(where * zip.length)] = value;
    return changed;
  }),
  // The last bytes are the directory, where a change does more.
  fc.tuple(fc.nat(250), interesting).map(([fromEnd, value]) => (zip: Buffer) => {
    const changed = Buffer.from(zip);
    changed[Math.max(0, zip.length - 1 - fromEnd)] = value;
    return changed;
  }),
  at.map((where) => (zip: Buffer) => zip.subarray(0, Math.floor(where * zip.length))),
  fc.tuple(at, at, at).map(([from, length, to]) => (zip: Buffer) => {
    const start = Math.floor(from * zip.length);
    const piece = zip.subarray(start, start + Math.floor(length * 100));
    const at = Math.floor(to * zip.length);
    return Buffer.concat([zip.subarray(0, at), piece, zip.subarray(at)]);
  }),
);

describe('a zip with damaged bytes', () => {
  it('never breaks the stage and never puts a wrong image into inputs', async () => {
    const contents = images.map((image) => image.toString('hex'));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...honest),
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        fc.constantFrom({}, { copiesFrom: 1 }),
        async (zip, mutations, store) => {
          const world = await stageWorld({}, store);
          const damaged = mutations.reduce((bytes, mutate) => mutate(bytes), zip);
          await world.objects.put(uploadRef(world.job, 'folder.zip'), damaged);
          const result = await unpack({ ...world.job, archive: 'folder.zip' }, world);
          expect(result).not.toBe('not open');
          const inputs = await world.objectsIn('inputs');
          for (const image of Object.values(inputs)) expect(contents).toContain(image.toString('hex'));
          const pending = (await world.files()).filter(({ state }) => state === 'pending').map(({ path }) => path);
          expect(pending.sort()).toEqual(Object.keys(inputs).sort());
        },
      ),
      { numRuns: 600 },
    );
  });
});
