import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ObjectRef } from '../../functions/core/object-keys.ts';
import type { ObjectStore } from '../../functions/ports/object-store.ts';
import type { SignedAccess, SignedRequest } from '../../functions/ports/signed-access.ts';
import { bytesOf, noise } from '../support/bytes.ts';

export interface SignedWorld {
  signed: SignedAccess;
  objects: ObjectStore;
  /** The smallest part that the store takes (of the last part any size). */
  partBytes: number;
  /** Lets so much time pass for the store. */
  pass(seconds: number): Promise<void>;
  close(): Promise<void>;
}

const name = 'day 1/Größe #3 + 50%.tif';
const input = (path = name): ObjectRef => ({ bucket: 'inputs', key: `olga/job1/${path}` });
const options = { expiresSeconds: 60 };

const send = (request: SignedRequest, body?: Uint8Array, headers: Record<string, string> = {}) =>
  fetch(request.url, {
    method: request.method,
    headers: { ...request.headers, ...headers },
    ...(body !== undefined && { body: new Uint8Array(body) }),
  });

/** Every promise of ports/signed-access, kept over HTTP. `open` gives an empty store. */
export const signedAccessContract = (adapter: string, open: () => Promise<SignedWorld>) =>
  describe(`SignedAccess on ${adapter}`, () => {
    let world: SignedWorld;
    let signed: SignedAccess;
    let objects: ObjectStore;
    let partBytes: number;
    beforeEach(async () => {
      world = await open();
      ({ signed, objects, partBytes } = world);
    });
    afterEach(() => world.close());
    const stored = async (ref = input()) => bytesOf(await objects.get(ref));

    /** Sends parts 1.. of this body; returns what complete needs. */
    async function sendParts(ref: ObjectRef, uploadId: string, body: Buffer) {
      const parts: { part: number; etag: string }[] = [];
      for (let at = 0; at < body.length; at += partBytes) {
        const bytes = body.subarray(at, at + partBytes);
        const part = parts.length + 1;
        const answer = await send(
          await signed.signPart(ref, uploadId, part, { bytes: bytes.length, ...options }),
          bytes,
        );
        expect(answer.status).toBe(200);
        parts.push({ part, etag: answer.headers.get('etag')! });
      }
      return parts;
    }

    describe('one PUT', () => {
      it.each([['plain.tif'], [name], ['細胞/a&b=c?d.tif'], ["o'brien (2)!*.tif"], ['a%2Fb.tif'], ['ends in space ']])(
        'stores %j',
        async (path) => {
          const body = noise(1000);
          const answer = await send(await signed.signPut(input(path), { bytes: 1000, ...options }), body);
          expect(answer.status).toBe(200);
          expect(answer.headers.get('etag')).toMatch(/^"[\w-]+"$/);
          expect(body.equals(await stored(input(path)))).toBe(true);
        },
      );

      it('stores nothing where an object is already, and answers 412', async () => {
        const request = await signed.signPut(input(), { bytes: 3, ...options });
        expect((await send(request, Buffer.from('one'))).status).toBe(200);
        expect((await send(request, Buffer.from('two'))).status).toBe(412);
        expect((await stored()).toString()).toBe('one');
      });

      it('of a size that was not known before takes what comes, and replaces it', async () => {
        const request = await signed.signOpenPut(input(), { mostBytes: 10, ...options });
        const type = { 'Content-Type': 'image/jpeg' };
        expect((await send(request, Buffer.from('one'), type)).status).toBe(200);
        expect((await send(request, Buffer.from('three'), type)).status).toBe(200);
        expect((await stored()).toString()).toBe('three');
        const other = request.url.replace('day%201', 'day%202');
        expect((await fetch(other, { method: 'PUT', body: 'two' })).status).toBe(403);
      });

      it('takes an empty object', async () => {
        expect((await send(await signed.signPut(input(), { bytes: 0, ...options }), Buffer.alloc(0))).status).toBe(200);
        expect(await objects.head(input())).toMatchObject({ bytes: 0 });
      });

      it('refuses another size than the signed one', async () => {
        const request = await signed.signPut(input(), { bytes: 3, ...options });
        for (const body of ['four', 'tw']) {
          const { status } = await send(request, Buffer.from(body));
          expect([400, 403]).toContain(status);
        }
        expect(await objects.head(input())).toBeUndefined();
      });

      it('checks the checksum where one is signed', async () => {
        const body = noise(1000);
        const request = await signed.signPut(input(), { bytes: 1000, crc32: crc32(body), ...options });
        expect((await send(request, noise(1000, 2))).status).toBe(400);
        expect(await objects.head(input())).toBeUndefined();
        expect((await send(request, body)).status).toBe(200);
        expect(body.equals(await stored())).toBe(true);
      });

      it('is refused without the headers that belong to it', async () => {
        const body = noise(10);
        const request = await signed.signPut(input(), { bytes: 10, crc32: crc32(body), ...options });
        for (const missing of Object.keys(request.headers)) {
          const { [missing]: _, ...headers } = request.headers;
          expect((await send({ ...request, headers }, body)).status).toBe(403);
        }
        expect(await objects.head(input())).toBeUndefined();
      });
    });

    describe('GET', () => {
      const body = noise(5000);
      beforeEach(() => objects.put(input(), body));

      it('gives the bytes, with the type and the name that are signed', async () => {
        const request = await signed.signGet(input(), {
          fileName: 'Größe "1".csv',
          contentType: 'text/csv; charset=utf-8',
          ...options,
        });
        const answer = await send(request);
        expect(answer.status).toBe(200);
        expect(body.equals(Buffer.from(await answer.arrayBuffer()))).toBe(true);
        expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
        expect(answer.headers.get('content-disposition')).toBe(
          `attachment; filename="Gr__e _1_.csv"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%221%22.csv`,
        );
      });

      it.each([
        ['bytes=0-0', 0, 1],
        ['bytes=10-19', 10, 20],
        ['bytes=4990-', 4990, 5000],
        ['bytes=-10', 4990, 5000],
        ['bytes=-9000', 0, 5000],
        ['bytes=4990-9000', 4990, 5000],
      ])('gives the range %s', async (range, start, end) => {
        const answer = await send(await signed.signGet(input(), options), undefined, { Range: range });
        expect(answer.status).toBe(206);
        expect(answer.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/5000`);
        expect(body.subarray(start, end).equals(Buffer.from(await answer.arrayBuffer()))).toBe(true);
      });

      it.each(['bytes=5000-', 'bytes=6000-7000', 'bytes=-0'])('refuses the range %s', async (range) => {
        const answer = await send(await signed.signGet(input(), options), undefined, { Range: range });
        expect(answer.status).toBe(416);
      });

      it('answers 404 for what is not there', async () => {
        expect((await send(await signed.signGet(input('none.tif'), options))).status).toBe(404);
      });
    });

    describe('what is signed', () => {
      it('cannot be used for another method, object, size or part', async () => {
        await objects.put(input('secret.tif'), noise(3));
        const put = await signed.signPut(input(), { bytes: 3, ...options });
        const get = await signed.signGet(input(), options);
        const edited = (request: SignedRequest, edit: (url: URL) => void) => {
          const url = new URL(request.url);
          edit(url);
          return { ...request, url: url.href };
        };
        const toSecret = (url: URL) => {
          url.pathname = url.pathname.replace(/[^/]+$/, 'secret.tif');
        };
        const statuses = [
          await send({ ...get, method: 'PUT', headers: put.headers }, noise(3)),
          await send({ ...put, method: 'GET' }),
          await send(edited(get, toSecret)),
          await send(edited(put, toSecret), noise(3)),
          ...(await Promise.all(
            [...new URL(put.url).searchParams.keys()].map((key) =>
              send(
                edited(put, (url) => {
                  const value = url.searchParams.get(key)!;
                  url.searchParams.set(
                    key,
                    /^\d+$/.test(value) ? String(Number(value) + 1) : `${value.slice(0, -2)}AA`,
                  );
                }),
                noise(3),
              ),
            ),
          )),
        ].map(({ status }) => status);
        expect(statuses.filter((status) => status !== 403)).toEqual([]);
        expect(await objects.head(input())).toBeUndefined();
      });

      it('is good until it expires', async () => {
        await objects.put(input('there.tif'), noise(3));
        const put = await signed.signPut(input(), { bytes: 3, expiresSeconds: 60 });
        const get = await signed.signGet(input('there.tif'), { expiresSeconds: 60 });
        await world.pass(58);
        expect((await send(get)).status).toBe(200);
        await world.pass(4);
        expect((await send(get)).status).toBe(403);
        expect((await send(put, noise(3))).status).toBe(403);
        expect(await objects.head(input())).toBeUndefined();
      });
    });

    describe('an upload in parts', () => {
      let body: Buffer;
      let size: { bytes: number; partBytes: number };
      beforeEach(() => {
        body = noise(2 * partBytes + 123);
        size = { bytes: body.length, partBytes };
      });

      it('makes one object of its parts, and is gone afterwards', async () => {
        const { uploadId, sent } = await signed.startMultipart(input(), size);
        expect(sent).toEqual([]);
        const parts = await sendParts(input(), uploadId, body);
        expect(await objects.head(input())).toBeUndefined();
        expect(await signed.completeMultipart(input(), uploadId, parts, size)).toMatchObject({ bytes: body.length });
        expect(body.equals(await stored())).toBe(true);
        expect(await signed.listParts(input(), uploadId)).toBeUndefined();
        expect((await objects.list('inputs', '')).objects).toHaveLength(1);
        expect((await objects.list('uploads', '')).objects).toEqual([]);
      });

      it('is taken up where it stopped', async () => {
        const { uploadId } = await signed.startMultipart(input(), size);
        const parts = await sendParts(input(), uploadId, body.subarray(0, partBytes + 10));
        const again = await signed.startMultipart(input(), size);
        expect(again).toEqual({
          uploadId,
          sent: [
            { part: 1, bytes: partBytes, etag: parts[0]!.etag },
            { part: 2, bytes: 10, etag: parts[1]!.etag },
          ],
        });
        expect(await signed.listParts(input(), uploadId)).toEqual(again.sent);
      });

      it('counts the last of two parts with one number', async () => {
        const { uploadId } = await signed.startMultipart(input(), size);
        const old = await sendParts(input(), uploadId, noise(body.length, 9));
        const parts = await sendParts(input(), uploadId, body);
        const complete = (named: typeof parts) => signed.completeMultipart(input(), uploadId, named, size);
        await expect(complete(old)).rejects.toMatchObject({ code: 'objectCorrupt' });
        await complete(parts);
        expect(body.equals(await stored())).toBe(true);
      });

      it('is not made of missing, wrong or reordered parts, nor of another size', async () => {
        const { uploadId } = await signed.startMultipart(input(), size);
        const parts = await sendParts(input(), uploadId, body);
        const wrong: { part: number; etag: string }[][] = [
          parts.slice(0, 2),
          [...parts, { part: 4, etag: parts[0]!.etag }],
          [parts[1]!, parts[0]!, parts[2]!],
          [parts[0]!, parts[0]!, parts[2]!],
          parts.map(({ part }) => ({ part, etag: '"00000000-1"' })),
        ];
        for (const named of wrong) {
          const completed = signed.completeMultipart(input(), uploadId, named, size);
          await expect(completed).rejects.toMatchObject({ code: 'objectCorrupt' });
        }
        expect(await objects.head(input())).toBeUndefined();
        await signed.completeMultipart(input(), uploadId, parts, size);
      });

      it('belongs to its object', async () => {
        const { uploadId } = await signed.startMultipart(input(), size);
        const parts = await sendParts(input(), uploadId, body);
        const other = input('other.tif');
        expect(await signed.listParts(other, uploadId)).toBeUndefined();
        const stolen = signed.completeMultipart(other, uploadId, parts, size);
        await expect(stolen).rejects.toMatchObject({ code: 'objectMissing' });
        const part = await signed.signPart(other, uploadId, 1, { bytes: 3, ...options });
        expect((await send(part, noise(3))).status).toBe(404);
        for (const unknown of ['0'.repeat(32), '../../x', '']) {
          expect(await signed.listParts(input(), unknown)).toBeUndefined();
        }
      });

      it('does not replace an object', async () => {
        const { uploadId } = await signed.startMultipart(input(), size);
        const parts = await sendParts(input(), uploadId, body);
        await objects.put(input(), Buffer.from('first'));
        const late = signed.completeMultipart(input(), uploadId, parts, size);
        await expect(late).rejects.toMatchObject({ code: 'objectPresent' });
        expect((await stored()).toString()).toBe('first');
      });

      it('refuses a part of another size', async () => {
        const { uploadId } = await signed.startMultipart(input(), size);
        const part = await signed.signPart(input(), uploadId, 1, { bytes: 10, ...options });
        expect([400, 403]).toContain((await send(part, noise(11))).status);
        expect(await signed.listParts(input(), uploadId)).toEqual([]);
      });

      it('can be aborted, twice, and takes no part afterwards', async () => {
        const { uploadId } = await signed.startMultipart(input(), size);
        await sendParts(input(), uploadId, body);
        await signed.abortMultipart(input(), uploadId);
        await signed.abortMultipart(input(), uploadId);
        expect(await signed.listParts(input(), uploadId)).toBeUndefined();
        const late = await signed.signPart(input(), uploadId, 1, { bytes: 3, ...options });
        expect((await send(late, noise(3))).status).toBe(404);
        expect((await objects.list('uploads', '')).objects).toEqual([]);
      });

      it('is aborted with its job, and its neighbour is not', async () => {
        const neighbour: ObjectRef = { bucket: 'inputs', key: 'olga/job10/a.tif' };
        const mine = await signed.startMultipart(input(), size);
        const other = await signed.startMultipart(neighbour, size);
        await signed.abortAll('inputs', 'olga/job1/');
        expect(await signed.listParts(input(), mine.uploadId)).toBeUndefined();
        expect(await signed.listParts(neighbour, other.uploadId)).toEqual([]);
      });
    });
  });
