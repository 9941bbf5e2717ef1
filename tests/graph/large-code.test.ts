import { expect, it } from '@jest/globals';
import { graphOf } from '../support/graph.ts';

const functionType = 'aws:lambda/function:Function';
const bucket = 'labdeploy-dev-code-1ff32a09';

it('code of a size that a request takes is sent in it, and has no bucket', async () => {
  const graph = await graphOf();
  expect(graph.of(functionType)['labdeploy-predict-function']).toMatchObject({ code: expect.anything() });
  expect(graph.resources.filter(({ inputs }) => inputs.bucket === bucket)).toEqual([]);
});

it('larger code lies in a closed bucket under its digest, and all other code is sent as before', async () => {
  const graph = await graphOf({}, { large: ['predict'] });
  const key = 'predict-3cf3a8162e8a7fcf.zip';
  const { code, s3Bucket, s3Key } = graph.of(functionType)['labdeploy-predict-function']!;
  expect({ code, s3Bucket, s3Key }).toEqual({ code: undefined, s3Bucket: bucket, s3Key: key });
  expect(graph.of(functionType)['labdeploy-zip-function']).toMatchObject({ code: expect.anything() });
  const stored = Object.values(graph.of('aws:s3/bucketObjectv2:BucketObjectv2')).filter((each) => each.key === key);
  expect(stored).toMatchObject([{ bucket, contentType: 'application/zip' }]);
  expect(
    graph.of('aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock')['labdeploy-code-bucket-public-access'],
  ).toEqual({
    bucket,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
});
