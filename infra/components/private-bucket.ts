import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { composingPrefix } from '../../functions/core/object-keys.ts';
import type { StackContext } from '../stack-context.ts';

export interface PrivateBucketArgs {
  context: StackContext;
  /** Word in the bucket's name. */
  part: string;
  /** Objects go after so many days; absent: they stay. */
  expireDays?: number;
  /** Who may do what beside the account itself: statements of the bucket's policy, given its ARN. */
  allow?: (arn: string) => pulumi.Input<PolicyStatement[]>;
  /** Deleted with its objects; absent: as the configuration's protectData says. */
  disposable?: true;
}

export interface PolicyStatement {
  Sid: string;
  Effect: 'Allow' | 'Deny';
  Principal: '*' | { Service: string };
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, pulumi.Input<string>>>;
}

/** A bucket that cannot be reached from outside or without TLS, encrypted, with an end to what it holds. */
export class PrivateBucket extends pulumi.ComponentResource {
  readonly bucket: aws.s3.Bucket;
  readonly arn: string;

  constructor(
    name: string,
    { context, part, expireDays, allow, disposable }: PrivateBucketArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('labdeploy:part:PrivateBucket', name, {}, opts);
    const childOpts = { parent: this };
    const kept = context.config.protectData && disposable !== true;
    const bucketName = context.worldName(part, 'bucket');
    this.arn = `arn:${context.partition}:s3:::${bucketName}`;
    this.bucket = new aws.s3.Bucket(name, { bucket: bucketName, forceDestroy: !kept }, { ...childOpts, protect: kept });
    const { bucket } = this.bucket; // not the id, which a preview does not know
    new aws.s3.BucketOwnershipControls(
      `${name}-ownership`,
      { bucket, rule: { objectOwnership: 'BucketOwnerEnforced' } },
      childOpts,
    );
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      { bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' }, bucketKeyEnabled: true }] },
      childOpts,
    );
    const blocked = new aws.s3.BucketPublicAccessBlock(
      `${name}-public-access`,
      { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      childOpts,
    );
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket,
        rules: [
          {
            id: 'unfinished-uploads',
            status: 'Enabled',
            filter: {},
            abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
          },
          {
            id: 'objects-in-between', // of a process that was killed while it composed one
            status: 'Enabled',
            filter: { prefix: composingPrefix },
            expiration: { days: 1 },
          },
          ...(expireDays === undefined
            ? []
            : [{ id: 'old-objects', status: 'Enabled', filter: {}, expiration: { days: expireDays } }]),
        ],
      },
      childOpts,
    );
    new aws.s3.BucketPolicy(
      `${name}-policy`,
      {
        bucket,
        policy: pulumi.jsonStringify({
          Version: '2012-10-17',
          Statement: pulumi
            .output(allow?.(this.arn) ?? [])
            .apply((more) => [onlyByTls([this.arn, `${this.arn}/*`], 's3:*'), ...more]),
        }),
      },
      { ...childOpts, dependsOn: blocked }, // both change who may reach it, and S3 refuses two changes at once
    );
    this.registerOutputs({ bucket: this.bucket.bucket });
  }
}

/** Refuses whatever comes without TLS. */
export const onlyByTls = (resource: string | string[], actions: string): PolicyStatement => ({
  Sid: 'OnlyByTls',
  Effect: 'Deny',
  Principal: '*',
  Action: actions,
  Resource: resource,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});
