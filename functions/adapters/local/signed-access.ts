import { createHmac } from 'node:crypto';
import { Failure } from '../../core/errors.ts';
import { type Bucket, type ObjectRef, splitKey } from '../../core/object-keys.ts';
import { allObjects } from '../../object-streams/all-pages.ts';
import { checkNamedParts } from '../../object-streams/named-parts.ts';
import { readText } from '../../object-streams/read-object.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectStore, StoredObject } from '../../ports/object-store.ts';
import { checksumHeader, checksumText, type SentPart, type SignedAccess } from '../../ports/signed-access.ts';
import { type Grant, signedUrl } from './signature.ts';

export interface LocalSignedAccessOptions {
  /** Notified of what arrives (runtime/notify-inputs): a finished upload is an arrival. */
  objects: ObjectStore;
  secret: Buffer;
  /** Where objectServer answers, without a `/` at the end: `http://127.0.0.1:8080/objects`. */
  base: string;
  clock: Clock;
}

/** Parts are objects of their own until the upload is complete. No owner's name starts with `~`. */
const partsFolder = '~parts/';
export const isPart = ({ bucket, key }: ObjectRef): boolean => bucket === 'uploads' && key.startsWith(partsFolder);
const folderOf = ({ bucket, key }: ObjectRef, uploadId: string): string => {
  const { owner, id } = splitKey(key);
  return `${partsFolder}${bucket}/${owner}/${id}/${uploadId}/`;
};
const startOf = (ref: ObjectRef, uploadId: string): ObjectRef => ({
  bucket: 'uploads',
  key: `${folderOf(ref, uploadId)}start`,
});

/** Where one part is stored. */
export const partRef = (ref: ObjectRef, uploadId: string, part: number): ObjectRef => ({
  bucket: 'uploads',
  key: `${folderOf(ref, uploadId)}${String(part).padStart(5, '0')}`,
});

/** Changes with the bytes. Locally every object's checksum is known. */
export const etagOf = ({ crc32 = 0, bytes }: StoredObject): string =>
  `"${crc32.toString(16).padStart(8, '0')}-${bytes.toString(16)}"`;

/** Has the upload been started, for this very object, and not ended? */
export async function isUnfinished(objects: ObjectStore, ref: ObjectRef, uploadId: string): Promise<boolean> {
  const start = startOf(ref, uploadId);
  if (!/^[0-9a-f]{32}$/.test(uploadId) || (await objects.head(start)) === undefined) return false;
  return (await readText(objects, start)) === ref.key;
}

/** URLs that objectServer honours. An upload's id derives from its object and sizes, so that starting it again takes it up. */
export function localSignedAccess({ objects, secret, base, clock }: LocalSignedAccessOptions): SignedAccess {
  const sign = <M extends Grant['method']>(
    method: M,
    grant: Omit<Grant, 'method' | 'expires'>,
    expiresSeconds: number,
    headers: Record<string, string> = {},
  ) => {
    const expires = Math.ceil(clock.now() / 1000 + expiresSeconds);
    const url = signedUrl(base, { method, expires, ...grant }, secret);
    return { method, url, headers, expiresAt: expires * 1000 };
  };

  const sentParts = async (ref: ObjectRef, uploadId: string): Promise<SentPart[]> => {
    const folder = folderOf(ref, uploadId);
    const sent: SentPart[] = [];
    for await (const { key, ...head } of allObjects(objects, 'uploads', folder)) {
      const part = Number(key.slice(folder.length));
      if (part > 0) sent.push({ part, bytes: head.bytes, etag: etagOf(head) });
    }
    return sent;
  };

  /** A second call meanwhile gets the first one's answer, instead of writing the object twice. */
  const completing = new Map<string, Promise<StoredObject>>();
  const complete: SignedAccess['completeMultipart'] = async (ref, uploadId, parts, expected) => {
    if ((await objects.head(ref)) !== undefined) throw new Failure('objectPresent', { key: ref.key });
    if (!(await isUnfinished(objects, ref, uploadId))) throw new Failure('objectMissing', { key: ref.key });
    checkNamedParts(ref.key, await sentParts(ref, uploadId), parts, expected);
    const head = await objects.compose(
      ref,
      parts.map(({ part }) => ({ from: partRef(ref, uploadId, part) })),
    );
    await objects.removeAll('uploads', folderOf(ref, uploadId));
    return head;
  };

  return {
    async signPut(ref, { bytes, crc32, expiresSeconds }) {
      const grant = { ref, bytes, ...(crc32 !== undefined && { crc32 }) };
      return sign('PUT', grant, expiresSeconds, {
        'if-none-match': '*',
        ...(crc32 !== undefined && { [checksumHeader]: checksumText(crc32) }),
      });
    },
    signOpenPut: async (ref, { mostBytes, expiresSeconds }) => sign('PUT', { ref, most: mostBytes }, expiresSeconds),
    async signGet(ref, { expiresSeconds, fileName, contentType }) {
      const grant = {
        ref,
        ...(fileName !== undefined && { name: fileName }),
        ...(contentType !== undefined && { type: contentType }),
      };
      return sign('GET', grant, expiresSeconds);
    },
    async startMultipart(ref, { bytes, partBytes }) {
      const uploadId = createHmac('sha256', secret)
        .update(JSON.stringify(['upload', ref.bucket, ref.key, bytes, partBytes]))
        .digest('hex')
        .slice(0, 32);
      await objects.put(startOf(ref, uploadId), Buffer.from(ref.key));
      return { uploadId, sent: await sentParts(ref, uploadId) };
    },
    async signPart(ref, uploadId, part, { bytes, expiresSeconds }) {
      return sign('PUT', { ref, bytes, upload: uploadId, part }, expiresSeconds);
    },
    async listParts(ref, uploadId) {
      return (await isUnfinished(objects, ref, uploadId)) ? sentParts(ref, uploadId) : undefined;
    },
    completeMultipart(ref, uploadId, parts, expected) {
      const name = `${uploadId} ${ref.bucket} ${ref.key}`;
      const running =
        completing.get(name) ?? complete(ref, uploadId, parts, expected).finally(() => completing.delete(name));
      completing.set(name, running);
      return running;
    },
    async abortMultipart(ref, uploadId) {
      if (await isUnfinished(objects, ref, uploadId)) await objects.removeAll('uploads', folderOf(ref, uploadId));
    },
    async abortAll(bucket: Bucket, prefix) {
      await objects.removeAll('uploads', `${partsFolder}${bucket}/${prefix}`);
    },
    async abortAbandoned(before) {
      const newest = new Map<string, number>();
      for await (const { key, modifiedAt } of allObjects(objects, 'uploads', partsFolder)) {
        const folder = key.slice(0, key.lastIndexOf('/') + 1);
        newest.set(folder, Math.max(newest.get(folder) ?? 0, modifiedAt));
      }
      const abandoned = [...newest].filter(([, modifiedAt]) => modifiedAt < before);
      for (const [folder] of abandoned) await objects.removeAll('uploads', folder);
      return abandoned.length;
    },
  };
}
