import * as aws from '@pulumi/aws';

/** A Pulumi program that the policy pack refuses. */
export async function program(): Promise<void> {
  new aws.s3.Bucket('open', { bucket: 'labdeploy-open' });
}
