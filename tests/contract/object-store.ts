import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ObjectRef } from '../../functions/core/object-keys.ts';
import { objectSource } from '../../functions/object-streams/object-source.ts';
import type { ObjectStore } from '../../functions/ports/object-store.ts';
import { bytesOf, noise } from '../support/bytes.ts';

const MiB = 1 << 20;
const input = (path: string): ObjectRef => ({ bucket: 'inputs', key: `olga/job1/${path}` });

/** Every promise of ports/object-store. `open` gives an empty store; the suite disposes it. */
export const objectStoreContract = (adapter: string, open: () => Promise<ObjectStore>) =>
  describe(`ObjectStore on ${adapter}`, () => {
    let store: ObjectStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store[Symbol.asyncDispose]());
    const read = async (ref: ObjectRef, range?: { start: number; end: number }) => bytesOf(await store.get(ref, range));
    const readText = async (path: string) => (await read(input(path))).toString();

    it('gives back the bytes of a buffer, of a stream and of a generator', async () => {
      const data = noise(3 * MiB + 7);
      async function* pieces() {
        yield data.subarray(0, 100);
        yield data.subarray(100, 100);
        yield data.subarray(100);
      }
      for (const body of [data, Readable.from([data.subarray(0, MiB), data.subarray(MiB)]), pieces()]) {
        const head = await store.put(input('a.tif'), body);
        expect(head.bytes).toBe(data.length);
        expect(data.equals(await read(input('a.tif')))).toBe(true);
      }
    });

    it('takes a large body in small chunks, from memory that is used again', async () => {
      const [data, chunk] = [noise(30 * MiB + 5), Buffer.alloc(100_003)];
      const reusing = async function* () {
        for (let at = 0; at < data.length; at += chunk.length) yield chunk.subarray(0, data.copy(chunk, 0, at));
      };
      const conditions = { bytes: data.length, crc32: crc32(data) };
      expect(await store.put(input('a.tif'), reusing(), conditions)).toMatchObject({ bytes: data.length });
      expect(data.equals(await read(input('a.tif')))).toBe(true);
      const other = store.put(input('a.tif'), reusing(), { crc32: 1 });
      await expect(other).rejects.toMatchObject({ code: 'objectCorrupt' });
      const again = store.put(input('a.tif'), reusing(), { absent: true });
      await expect(again).rejects.toMatchObject({ code: 'objectPresent' });
      expect(data.equals(await read(input('a.tif')))).toBe(true);
    });

    it('is through with a chunk when it asks for the next, so that its memory can be used again', async () => {
      const chunk = new Uint8Array(1000);
      const reusing = async function* () {
        for (let round = 1; round <= 3; round++) {
          yield chunk.fill(round);
          await new Promise(setImmediate);
        }
      };
      await store.put(input('a.tif'), reusing());
      expect(await read(input('a.tif'))).toEqual(Buffer.concat([1, 2, 3].map((round) => Buffer.alloc(1000, round))));
    });

    it('counts bytes, not characters, and knows the checksum', async () => {
      const text = Buffer.from('µm');
      const before = Date.now();
      const stored = await store.put(input('scale.txt'), text);
      const head = await store.head(input('scale.txt'));
      expect(head).toMatchObject({ bytes: 3 });
      expect(head).toMatchObject(stored);
      expect([undefined, crc32(text)]).toContain(head!.crc32);
      expect(Math.abs(head!.modifiedAt - before)).toBeLessThan(120_000);
    });

    it('stores an object of no bytes', async () => {
      await store.put(input('empty.tif'), Buffer.alloc(0));
      expect(await store.head(input('empty.tif'))).toMatchObject({ bytes: 0 });
      expect(await read(input('empty.tif'))).toHaveLength(0);
    });

    it('has no head of a missing object and names its key on get', async () => {
      expect(await store.head(input('none.tif'))).toBeUndefined();
      await expect(store.get(input('none.tif'))).rejects.toMatchObject({
        code: 'objectMissing',
        message: expect.stringContaining('olga/job1/none.tif'),
      });
    });

    it('keeps the same key apart in each bucket', async () => {
      await store.put({ bucket: 'inputs', key: 'o/j/a.tif' }, Buffer.from('in'));
      await store.put({ bucket: 'results', key: 'o/j/a.tif' }, Buffer.from('out'));
      expect((await read({ bucket: 'inputs', key: 'o/j/a.tif' })).toString()).toBe('in');
      expect((await read({ bucket: 'results', key: 'o/j/a.tif' })).toString()).toBe('out');
    });

    it.each([
      ['day 1 /cell #3 + 50%.tif'],
      ['Größe/細胞/клетка 😀.tif'],
      ['A.tif'],
      ['aux.tif'],
      ['quote \' " & <x>?*|:.tif'],
      [`${'n'.repeat(251)}.tif`],
      [`${'deep/'.repeat(120)}a.tif`],
      ['ends in space '],
      ['..a/b..tif'],
    ])('keeps the name %j', async (path) => {
      await store.put(input(path), Buffer.from(path));
      expect(await readText(path)).toBe(path);
      expect((await store.list('inputs', 'olga/job1/')).objects.map(({ key }) => key)).toEqual([`olga/job1/${path}`]);
    });

    it('keeps names apart that differ in case, in normal form, or where one is the folder of the other', async () => {
      const paths = ['a.tif', 'A.tif', 'é.tif', 'e\u0301.tif', 'x', 'x/y', 'x/y/z'];
      for (const path of paths) await store.put(input(path), Buffer.from(path));
      for (const path of paths) expect(await readText(path)).toBe(path);
    });

    describe('ranges', () => {
      const data = noise(2 * MiB + 5, 2);
      beforeEach(() => store.put(input('a.tif'), data));
      it.each([
        [0, 1],
        [1, 1],
        [MiB - 3, MiB + 3],
        [data.length - 2, data.length],
        [data.length - 2, data.length + 100],
        [data.length, data.length + 1],
        [data.length + 5, data.length + 9],
        [0, Number.MAX_SAFE_INTEGER],
      ])('reads %d to %d, cut to the object', async (start, end) => {
        expect(data.subarray(start, end).equals(await read(input('a.tif'), { start, end }))).toBe(true);
      });
      it('can be given up half-way, and the object read again', async () => {
        const stream = await store.get(input('a.tif'));
        for await (const _ of stream) break;
        const unread = await store.get(input('a.tif'));
        unread.destroy();
        expect(data.equals(await read(input('a.tif')))).toBe(true);
      });
    });

    it('replaces an object', async () => {
      await store.put(input('a.tif'), Buffer.from('first, and longer'));
      await store.put(input('a.tif'), Buffer.from('second'));
      expect(await readText('a.tif')).toBe('second');
      expect(await store.head(input('a.tif'))).toMatchObject({ bytes: 6 });
      expect((await store.list('inputs', 'olga/job1/')).objects).toHaveLength(1);
    });

    it('shows the old object, or none, until the new one is whole', async () => {
      await store.put(input('old.tif'), Buffer.from('old'));
      let proceed = () => {};
      const halfway = new Promise<void>((resolve) => {
        proceed = resolve;
      });
      async function* slow() {
        yield Buffer.from('ne');
        await halfway;
        yield Buffer.from('w');
      }
      const puts = [store.put(input('old.tif'), slow()), store.put(input('fresh.tif'), slow())];
      expect(await readText('old.tif')).toBe('old');
      expect(await store.head(input('fresh.tif'))).toBeUndefined();
      expect((await store.list('inputs', 'olga/')).objects).toHaveLength(1);
      proceed();
      await Promise.all(puts);
      expect([await readText('old.tif'), await readText('fresh.tif')]).toEqual(['new', 'new']);
    });

    it.each([
      ['a wrong checksum', { crc32: 1 }],
      ['too few bytes', { bytes: 7 }],
      ['too many bytes', { bytes: 5 }],
    ])('refuses %s and keeps the old object', async (_, expected) => {
      await store.put(input('a.tif'), Buffer.from('old'));
      const put = store.put(input('a.tif'), Buffer.from('broken'), expected);
      await expect(put).rejects.toMatchObject({ code: 'objectCorrupt' });
      expect(await readText('a.tif')).toBe('old');
      const fresh = store.put(input('fresh.tif'), Readable.from([Buffer.from('broken')]), expected);
      await expect(fresh).rejects.toMatchObject({ code: 'objectCorrupt' });
      expect(await store.head(input('fresh.tif'))).toBeUndefined();
    });

    it('takes a body that is what was announced', async () => {
      const data = noise(5000);
      await store.put(input('a.tif'), data, { crc32: crc32(data), bytes: 5000 });
      expect(data.equals(await read(input('a.tif')))).toBe(true);
    });

    it('writes only where nothing is when asked to, and one of several at once', async () => {
      expect(await store.put(input('a.tif'), Buffer.from('first'), { absent: true })).toMatchObject({ bytes: 5 });
      const again = store.put(input('a.tif'), Buffer.from('second'), { absent: true });
      await expect(again).rejects.toMatchObject({ code: 'objectPresent' });
      expect(await readText('a.tif')).toBe('first');
      await store.put(input('a.tif'), Buffer.from('third'));
      expect(await readText('a.tif')).toBe('third');

      const bodies = [1, 2, 3].map((seed) => Readable.from([noise(1000, seed), noise(1000, seed)]));
      const puts = await Promise.allSettled(bodies.map((body) => store.put(input('b.tif'), body, { absent: true })));
      const refused = puts.flatMap((put) => (put.status === 'rejected' ? [put.reason.code] : []));
      expect(refused).toEqual(['objectPresent', 'objectPresent']);
      expect(await store.head(input('b.tif'))).toMatchObject({ bytes: 2000 });
    });

    it('keeps the old object when the body fails', async () => {
      await store.put(input('a.tif'), Buffer.from('old'));
      async function* broken() {
        yield Buffer.from('half');
        throw new Error('the network went away');
      }
      await expect(store.put(input('a.tif'), broken())).rejects.toThrow('the network went away');
      expect(await readText('a.tif')).toBe('old');
    });

    it('lets one of two puts of one key win, whole', async () => {
      const bodies = [1, 2, 3, 4].map((seed) => noise(MiB, seed));
      await Promise.all(bodies.map((body) => store.put(input('a.tif'), body)));
      const winner = await read(input('a.tif'));
      expect(bodies.filter((body) => body.equals(winner))).toHaveLength(1);
    });

    it('reads the object as it was when get was called, or as it is now, never a mixture', async () => {
      const [old, fresh] = [noise(2 * MiB, 1), noise(2 * MiB, 2)];
      await store.put(input('a.tif'), old);
      const streams = Array.from({ length: 4 }, () => store.get(input('a.tif')));
      await store.put(input('a.tif'), fresh);
      for (const stream of streams) {
        const seen = await bytesOf(await stream);
        expect(seen.equals(old) || seen.equals(fresh)).toBe(true);
      }
    });

    it('composes objects, ranges and literal bytes in order', async () => {
      const [a, b] = [noise(6 * MiB, 1), noise(100, 2)];
      await store.put(input('a'), a);
      await store.put(input('b'), b);
      const head = await store.compose({ bucket: 'downloads', key: 'olga/job1/results.zip' }, [
        { bytes: Buffer.from('head') },
        { from: input('a') },
        { from: input('b'), range: { start: 10, end: 20 } },
        { from: input('a'), range: { start: 1, end: 5 * MiB + 1 } },
        { bytes: Buffer.from('tail') },
      ]);
      const wanted = Buffer.concat([
        Buffer.from('head'),
        a,
        b.subarray(10, 20),
        a.subarray(1, 5 * MiB + 1),
        Buffer.from('tail'),
      ]);
      expect(head.bytes).toBe(wanted.length);
      expect(wanted.equals(await read({ bucket: 'downloads', key: 'olga/job1/results.zip' }))).toBe(true);
    });

    it('composes nothing to an empty object, and an object into itself', async () => {
      expect(await store.compose(input('empty'), [])).toMatchObject({ bytes: 0 });
      await store.put(input('a'), Buffer.from('ab'));
      await store.compose(input('a'), [{ from: input('a') }, { from: input('a') }]);
      expect(await readText('a')).toBe('abab');
    });

    it.each([0, 100, 6 * MiB])('copies an object of %d bytes that stays when the first is removed', async (bytes) => {
      const whole = noise(bytes, 3);
      const { crc32 } = await store.put(input('a'), whole);
      const part = { from: input('a'), ...(crc32 !== undefined && { crc32 }) };
      expect(await store.compose(input('copy'), [part])).toMatchObject({ bytes });
      await store.remove(input('a'));
      expect(whole.equals(await read(input('copy')))).toBe(true);
    });

    it('composes parts as they come, from memory that is used again', async () => {
      await store.put(input('a'), Buffer.from('0123456789'));
      const literal = Buffer.alloc(3);
      async function* parts() {
        for (const letter of 'xyz') {
          yield { bytes: literal.fill(letter) };
          yield { from: input('a'), range: { start: 2, end: 4 }, crc32: crc32('23') };
        }
      }
      expect(await store.compose(input('joined'), parts())).toMatchObject({ bytes: 15 });
      expect(await readText('joined')).toBe('xxx23yyy23zzz23');
    });

    it.each([100, 17 * MiB])('composes nothing when a part of %d bytes does not have its checksum', async (bytes) => {
      const data = noise(bytes);
      await store.put(input('a'), data);
      await store.put(input('target'), Buffer.from('old'));
      const of = (checksum: number) => store.compose(input('target'), [{ from: input('a'), crc32: checksum }]);
      await expect(of(crc32(data) ^ 1)).rejects.toMatchObject({ code: 'objectCorrupt' });
      expect(await readText('target')).toBe('old');
      expect(await of(crc32(data))).toEqual(expect.objectContaining({ bytes, crc32: crc32(data) }));
    });

    it('composes nothing when its parts fail half-way', async () => {
      await store.put(input('target'), Buffer.from('old'));
      async function* parts() {
        yield { bytes: noise(20 * MiB) };
        throw new Error('the job was cancelled');
      }
      await expect(store.compose(input('target'), parts())).rejects.toThrow('the job was cancelled');
      expect(await readText('target')).toBe('old');
    });

    it('composes nothing when a part is missing', async () => {
      await store.put(input('target'), Buffer.from('old'));
      const parts = [{ bytes: Buffer.from('x') }, { from: input('none') }];
      await expect(store.compose(input('target'), parts)).rejects.toMatchObject({ code: 'objectMissing' });
      expect(await readText('target')).toBe('old');
    });

    it('lists what lies below a prefix, in order of UTF-8 bytes, in pages', async () => {
      // U+FB01 sorts before U+1F600 in UTF-8, after it in UTF-16.
      const paths = ['Z.tif', 'a b.tif', 'a.tif', 'a/1.tif', 'a/2.tif', 'b.tif', 'é.tif', '\ufb01.tif', '😀.tif'];
      for (const path of [...paths].reverse()) await store.put(input(path), Buffer.from(path));
      await store.put({ bucket: 'inputs', key: 'olga/job10/x.tif' }, Buffer.from('x'));
      await store.put({ bucket: 'results', key: 'olga/job1/x.tif' }, Buffer.from('x'));
      const keys = paths.map((path) => `olga/job1/${path}`);
      const whole = await store.list('inputs', 'olga/job1/');
      expect(whole.objects.map(({ key }) => key)).toEqual(keys);
      expect(whole.objects.map(({ bytes }) => bytes)).toEqual(paths.map((path) => Buffer.byteLength(path)));
      expect(whole.after).toBeUndefined();

      const paged: string[] = [];
      let after: string | undefined;
      do {
        const page = await store.list('inputs', 'olga/job1/', { limit: 4, ...(after !== undefined && { after }) });
        expect(page.objects.length).toBeLessThanOrEqual(4);
        paged.push(...page.objects.map(({ key }) => key));
        after = page.after;
      } while (after !== undefined);
      expect(paged).toEqual(keys);
      expect((await store.list('inputs', 'olga/job1/a')).objects.map(({ key }) => key)).toEqual(keys.slice(1, 5));
      expect((await store.list('inputs', 'nobody/')).objects).toEqual([]);
    });

    it('removes one object, and does not mind when it is missing', async () => {
      await store.put(input('a'), Buffer.from('a'));
      await store.put(input('a/b'), Buffer.from('b'));
      await store.remove(input('a'));
      await store.remove(input('a'));
      expect(await store.head(input('a'))).toBeUndefined();
      expect(await readText('a/b')).toBe('b');
    });

    it('removes a job and not its neighbour', async () => {
      const keys = ['olga/job1/a', 'olga/job1/b/c', 'olga/job10/a', 'olga/job1', 'olgas/job1/a'];
      for (const key of keys) await store.put({ bucket: 'inputs', key }, Buffer.from(key));
      await store.put({ bucket: 'results', key: 'olga/job1/a' }, Buffer.from('result'));
      expect(await store.removeAll('inputs', 'olga/job1/')).toBe(2);
      expect(await store.removeAll('inputs', 'olga/job1/')).toBe(0);
      expect((await store.list('inputs', '')).objects.map(({ key }) => key)).toEqual(keys.slice(2).sort());
      expect(await store.head({ bucket: 'results', key: 'olga/job1/a' })).toMatchObject({ bytes: 6 });
    });

    it('refuses to remove a prefix that could cut a name in two', async () => {
      await store.put(input('a'), Buffer.from('a'));
      await expect(store.removeAll('inputs', 'olga/job')).rejects.toThrow(RangeError);
      await expect(store.removeAll('inputs', '')).rejects.toThrow(RangeError);
      expect(await readText('a')).toBe('a');
    });

    describe('random access', () => {
      const data = noise(3 * MiB + 17, 3);
      beforeEach(() => store.put(input('a.tif'), data));
      it.each([
        [0, 0],
        [0, 8],
        [MiB - 4, 8],
        [MiB + 1, 2 * MiB],
        [data.length - 5, 5],
        [data.length, 0],
        [0, data.length],
      ])('reads %d bytes from %d', async (offset, length) => {
        await using source = await objectSource(store, input('a.tif'));
        expect(source.size).toBe(data.length);
        expect(data.subarray(offset, offset + length).equals(await source.read(offset, length))).toBe(true);
      });
      it('refuses to read outside', async () => {
        await using source = await objectSource(store, input('a.tif'));
        await expect(source.read(data.length - 4, 5)).rejects.toThrow(RangeError);
        await expect(source.read(-1, 2)).rejects.toThrow(RangeError);
      });
      it('names a missing object', async () => {
        await expect(objectSource(store, input('none.tif'))).rejects.toMatchObject({ code: 'objectMissing' });
      });
    });
  });
