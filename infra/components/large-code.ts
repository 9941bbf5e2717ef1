import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackContext, StoredCode } from '../stack-context.ts';
import { PrivateBucket } from './private-bucket.ts';

/** A bucket from which Lambda takes the code of large functions; nothing of it is asked for afterwards. */
class LargeCode extends pulumi.ComponentResource {
  readonly stored: Readonly<Record<string, StoredCode>>;

  constructor(
    name: string,
    { context, folder, zips }: { context: StackContext; folder: string; zips: readonly string[] },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('labdeploy:part:Code', name, {}, opts);
    const childOpts = { parent: this };
    const { bucket } = new PrivateBucket(`${name}-bucket`, { context, part: 'code', disposable: true }, childOpts);
    this.stored = Object.fromEntries(
      zips.map((zip) => {
        const path = join(folder, zip);
        const digest = createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16);
        const part = zip.replace(/\.zip$/, '');
        const megabytes = Math.round(statSync(path).size / 1e6);
        void pulumi.log.info(
          `labdeploy: the code of ${part} has ${megabytes} MB, too much for a request: it goes by S3`,
        );
        // Named by its digest too: the function gets the new one before the old one goes.
        const object = new aws.s3.BucketObjectv2(
          `${name}-${part}-${digest}`,
          {
            bucket: bucket.bucket,
            key: `${part}-${digest}.zip`,
            source: new pulumi.asset.FileAsset(path),
            contentType: 'application/zip',
          },
          childOpts,
        );
        return [part, { s3Bucket: bucket.bucket, s3Key: object.key }];
      }),
    );
    this.registerOutputs({});
  }
}

/** By name of the function, those of which `folder` has a zip; there is a bucket only where there are some. */
export function storeLargeCode(
  name: string,
  context: StackContext,
  folder: string,
  childOpts: pulumi.ComponentResourceOptions,
): Readonly<Record<string, StoredCode>> {
  const zips = readdirSync(folder).filter((each) => each.endsWith('.zip'));
  return zips.length === 0 ? {} : new LargeCode(name, { context, folder, zips: zips.sort() }, childOpts).stored;
}
