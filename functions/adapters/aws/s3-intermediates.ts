import { randomUUID } from 'node:crypto';
import { composingPrefix, type ObjectRef } from '../../core/object-keys.ts';
import type { S3Account } from './s3-account.ts';
import { removeKeys } from './s3-remove.ts';

/** Objects that are there only while another is put together; the bucket's lifecycle ends those that stay. */
export class S3Intermediates {
  readonly #account: S3Account;
  readonly #bucket: ObjectRef['bucket'];
  readonly #prefix = `${composingPrefix}${randomUUID()}/`;
  readonly #keys: string[] = [];

  constructor(account: S3Account, bucket: ObjectRef['bucket']) {
    this.#account = account;
    this.#bucket = bucket;
  }

  /** Where one more is written. */
  add(): ObjectRef {
    const key = this.#prefix + this.#keys.length;
    this.#keys.push(key);
    return { bucket: this.#bucket, key };
  }

  remove(): Promise<void> {
    return removeKeys(this.#account, this.#bucket, this.#keys);
  }
}
