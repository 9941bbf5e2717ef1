import { S3ServiceException } from '@aws-sdk/client-s3';
import { Failure } from '../../core/errors.ts';
import type { ObjectRef } from '../../core/object-keys.ts';

/** Status of S3's answer; undefined where none came. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;

/** Name of S3's error; undefined where it is none of its. */
export const nameOf = (error: unknown): string | undefined =>
  error instanceof S3ServiceException ? error.name : undefined;

/** No such object; a HEAD's answer has no body that would say so. */
export const isMissing = (error: unknown): boolean =>
  statusOf(error) === 404 && nameOf(error) !== 'NoSuchBucket' && nameOf(error) !== 'NoSuchUpload';

/** Unknown, completed or given up. */
export const isUploadMissing = (error: unknown): boolean => nameOf(error) === 'NoSuchUpload';

/** Of a read, and of a copy, of an object in a Glacier class that is not restored. */
const isFrozen = (error: unknown): boolean =>
  ['InvalidObjectState', 'ObjectNotInActiveTierError'].includes(nameOf(error) ?? '');

/** If-None-Match: there is an object. */
const isPresent = (error: unknown): boolean => statusOf(error) === 412;

/** If-None-Match: another write of the key was under way. */
export const isConflict = (error: unknown): boolean => statusOf(error) === 409;

/** A failure of a read of `ref`, in the port's words where it has any. */
export const readFailure = (error: unknown, ref: ObjectRef): unknown => {
  if (isMissing(error)) return new Failure('objectMissing', { key: ref.key }, { cause: error });
  if (isFrozen(error)) return new Failure('objectFrozen', { key: ref.key }, { cause: error });
  // Of a copied range that ends behind its object: "Range specified is not valid for source object of size: 12".
  const short = statusOf(error) === 416 || (nameOf(error) === 'InvalidArgument' && /range/i.test(String(error)));
  return short
    ? new Failure('objectCorrupt', { key: ref.key, detail: 'it is shorter than it was' }, { cause: error })
    : error;
};

/** The same of a write. */
export const writeFailure = (error: unknown, ref: ObjectRef): unknown => {
  if (isPresent(error)) return new Failure('objectPresent', { key: ref.key }, { cause: error });
  return nameOf(error) === 'BadDigest'
    ? new Failure('objectCorrupt', { key: ref.key, detail: 'its checksum differs' }, { cause: error })
    : error;
};
