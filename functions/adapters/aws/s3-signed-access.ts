import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  type ServiceInputTypes,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { forEachLimit } from '../../async/for-each-limit.ts';
import { attachment } from '../../core/content-disposition.ts';
import { Failure } from '../../core/errors.ts';
import type { Bucket, ObjectRef } from '../../core/object-keys.ts';
import { checkNamedParts } from '../../object-streams/named-parts.ts';
import type { Clock } from '../../ports/clock.ts';
import { checksumHeader, checksumText, type SentPart, type SignedAccess } from '../../ports/signed-access.ts';
import { bucketAndKeyOf, type S3Account } from './s3-account.ts';
import { isConflict, isMissing, isUploadMissing, writeFailure } from './s3-failures.ts';

export interface S3SignedAccessOptions extends S3Account {
  clock: Clock;
}

type Signed<Input extends ServiceInputTypes> = Parameters<typeof getSignedUrl<ServiceInputTypes, Input>>[1];

type ArrivedPart = SentPart & { at: number };

interface Unfinished {
  ref: ObjectRef;
  uploadId: string;
  /** Milliseconds since 1970. */
  startedAt: number;
}

/** Requests at once where many uploads are given up. */
const maxConcurrentAborts = 8;

/**
 * Presigned requests of S3. They have the rights of the client's credentials and end with these: a function's last for
 * hours. An upload's sizes are known from its parts alone: S3 keeps nothing else of it that can be listed.
 */
export function s3SignedAccess({ clock, ...account }: S3SignedAccessOptions): SignedAccess {
  const { client, buckets } = account;

  const sign = async <M extends 'GET' | 'PUT', Input extends ServiceInputTypes>(
    method: M,
    command: Signed<Input>,
    expiresSeconds: number,
    headers: Record<string, string> = {},
  ) => {
    const now = Math.floor(clock.now() / 1000); // a signature's time has no fractions
    if (!(checksumHeader in headers)) withoutChecksum(command);
    const url = await getSignedUrl(client, command, {
      expiresIn: expiresSeconds,
      signingDate: new Date(now * 1000),
      unhoistableHeaders: new Set([checksumHeader]), // a header of the request, not a part of its address
    });
    return { method, url, headers, expiresAt: (now + expiresSeconds) * 1000 };
  };

  /** Each with the time it came, in ms since 1970. */
  const arrivedParts = async (ref: ObjectRef, uploadId: string): Promise<ArrivedPart[] | undefined> => {
    if (uploadId === '') return undefined;
    const arrived: ArrivedPart[] = [];
    try {
      for (let marker: string | undefined, more = true; more; more = marker !== undefined) {
        const page = await client.send(
          new ListPartsCommand({ ...bucketAndKeyOf(account, ref), UploadId: uploadId, PartNumberMarker: marker }),
        );
        for (const { PartNumber, Size, ETag, LastModified } of page.Parts ?? [])
          arrived.push({ part: PartNumber!, bytes: Size!, etag: ETag!, at: LastModified!.getTime() });
        marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
      }
      return arrived;
    } catch (error) {
      if (isUploadMissing(error)) return undefined;
      throw error;
    }
  };
  const sentParts = async (ref: ObjectRef, uploadId: string): Promise<SentPart[] | undefined> =>
    (await arrivedParts(ref, uploadId))?.map(({ at: _, ...part }) => part);

  /** Unfinished uploads to keys with the prefix, in order of the keys. */
  async function* unfinished(bucket: Bucket, prefix: string): AsyncGenerator<Unfinished> {
    let markers = {};
    for (let more = true; more; ) {
      const page = await client.send(
        new ListMultipartUploadsCommand({ Bucket: buckets[bucket], Prefix: prefix, ...markers }),
      );
      for (const { Key, UploadId, Initiated } of page.Uploads ?? [])
        yield { ref: { bucket, key: Key! }, uploadId: UploadId!, startedAt: Initiated!.getTime() };
      more = page.IsTruncated === true;
      markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    }
  }

  const abort = async (ref: ObjectRef, uploadId: string): Promise<void> => {
    try {
      await client.send(new AbortMultipartUploadCommand({ ...bucketAndKeyOf(account, ref), UploadId: uploadId }));
    } catch (error) {
      if (!isUploadMissing(error)) throw error;
    }
  };

  const isThere = async (ref: ObjectRef): Promise<boolean> => {
    try {
      await client.send(new HeadObjectCommand(bucketAndKeyOf(account, ref)));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  };

  return {
    signPut(ref, { bytes, crc32, expiresSeconds }) {
      const checksum = crc32 === undefined ? undefined : checksumText(crc32);
      const command = new PutObjectCommand({
        ...bucketAndKeyOf(account, ref),
        ContentLength: bytes,
        IfNoneMatch: '*',
        ...(checksum !== undefined && { ChecksumCRC32: checksum }),
      });
      return sign('PUT', command, expiresSeconds, {
        'if-none-match': '*',
        ...(checksum !== undefined && { [checksumHeader]: checksum }),
      });
    },
    signOpenPut: (ref, { expiresSeconds }) =>
      sign('PUT', new PutObjectCommand(bucketAndKeyOf(account, ref)), expiresSeconds),
    signGet(ref, { expiresSeconds, fileName, contentType }) {
      const command = new GetObjectCommand({
        ...bucketAndKeyOf(account, ref),
        ...(fileName !== undefined && { ResponseContentDisposition: attachment(fileName) }),
        ...(contentType !== undefined && { ResponseContentType: contentType }),
      });
      return sign('GET', command, expiresSeconds);
    },
    async startMultipart(ref, size) {
      for await (const { ref: found, uploadId } of unfinished(ref.bucket, ref.key)) {
        if (found.key !== ref.key) continue; // one that it begins
        const sent = await sentParts(ref, uploadId);
        if (sent !== undefined && fits(sent, size)) return { uploadId, sent };
      }
      // Without a checksum of its own: who sends parts would have to send theirs.
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(bucketAndKeyOf(account, ref)));
      return { uploadId: UploadId!, sent: [] };
    },
    signPart(ref, uploadId, part, { bytes, expiresSeconds }) {
      const command = new UploadPartCommand({
        ...bucketAndKeyOf(account, ref),
        UploadId: uploadId,
        PartNumber: part,
        ContentLength: bytes,
      });
      return sign('PUT', command, expiresSeconds);
    },
    listParts: sentParts,
    async completeMultipart(ref, uploadId, parts, expected) {
      const sent = await sentParts(ref, uploadId);
      if (sent === undefined)
        throw new Failure((await isThere(ref)) ? 'objectPresent' : 'objectMissing', { key: ref.key });
      checkNamedParts(ref.key, sent, parts, expected);
      try {
        await client.send(
          new CompleteMultipartUploadCommand({
            ...bucketAndKeyOf(account, ref),
            UploadId: uploadId,
            MultipartUpload: { Parts: parts.map(({ part, etag }) => ({ PartNumber: part, ETag: etag })) },
            MpuObjectSize: expected.bytes,
            IfNoneMatch: '*',
          }),
        );
        return { bytes: expected.bytes };
      } catch (error) {
        // Another call completed it meanwhile.
        const ended = isUploadMissing(error) || isConflict(error);
        if (ended && (await isThere(ref))) throw new Failure('objectPresent', { key: ref.key }, { cause: error });
        throw writeFailure(error, ref);
      }
    },
    abortMultipart: abort,
    async abortAll(bucket, prefix) {
      const found: Unfinished[] = [];
      for await (const each of unfinished(bucket, prefix)) found.push(each);
      await forEachLimit(found, maxConcurrentAborts, ({ ref, uploadId }) => abort(ref, uploadId));
    },
    async abortAbandoned(before) {
      let aborted = 0;
      for (const bucket of Object.keys(buckets) as Bucket[]) {
        for await (const { ref, uploadId, startedAt } of unfinished(bucket, '')) {
          if (startedAt >= before) continue;
          const parts = await arrivedParts(ref, uploadId);
          if (parts === undefined || parts.some(({ at }) => at >= before)) continue;
          await abort(ref, uploadId);
          aborted++;
        }
      }
      return aborted;
    },
  };
}

/** Can these be parts of an object of this size? Shorter ones, of an upload in smaller parts, are sent again. */
function fits(sent: readonly SentPart[], { bytes, partBytes }: { bytes: number; partBytes: number }): boolean {
  const count = Math.ceil(bytes / partBytes);
  return sent.every((each) => each.part <= count && each.bytes <= partBytes);
}

/** The SDK would sign the checksum of the empty body that the command has. */
function withoutChecksum<Input extends ServiceInputTypes>(command: Signed<Input>): void {
  command.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      for (const name of Object.keys(headers)) if (/^x-amz-(sdk-)?checksum-/.test(name)) delete headers[name];
      return next(args);
    },
    { step: 'build', priority: 'low', name: 'withoutChecksum' },
  );
}
