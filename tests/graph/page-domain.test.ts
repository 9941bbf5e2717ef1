import { expect, it } from '@jest/globals';
import { readConfig } from '../../infra/config.ts';
import { graphOf } from '../support/graph.ts';

const pageDomain = 'segment.lab.example';
const pageCertificate = 'arn:aws:acm:us-east-1:123456789012:certificate/0b6f-41';
const [own, ofCloudFront] = [`https://${pageDomain}`, 'https://d123.cloudfront.net'];

it("a page with a name of the lab's has it everywhere, and goes on under CloudFront's", async () => {
  const graph = await graphOf({ pageDomain, pageCertificate });
  const [distribution] = Object.values(graph.of('aws:cloudfront/distribution:Distribution'));
  expect(distribution).toMatchObject({
    aliases: [pageDomain],
    viewerCertificate: {
      acmCertificateArn: pageCertificate,
      sslSupportMethod: 'sni-only',
      minimumProtocolVersion: 'TLSv1.2_2021',
    },
  });
  expect(graph.outputs).toMatchObject({ url: own, distributionDomain: 'd123.cloudfront.net' });
  const client = graph.of('aws:cognito/userPoolClient:UserPoolClient')['labdeploy-people-client-page']!;
  const origins = (client.callbackUrls as string[]).map((url) => new URL(url).origin);
  expect([...new Set(origins)]).toEqual([own, ofCloudFront]);
  for (const { corsRules } of Object.values(graph.of('aws:s3/bucketCorsConfiguration:BucketCorsConfiguration')))
    expect(corsRules).toEqual([expect.objectContaining({ allowedOrigins: [own, ofCloudFront] })]);
  const pool = graph.of('aws:cognito/userPool:UserPool')['labdeploy-people']!;
  expect(JSON.stringify(pool.adminCreateUserConfig)).toContain(own);
  expect(JSON.stringify(pool)).not.toContain(ofCloudFront);
});

it.each([
  [{ pageDomain }, 'labdeploy:pageCertificate: missing: pageDomain is given'],
  [{ pageCertificate }, 'labdeploy:pageDomain: missing: pageCertificate is given'],
  [{ pageDomain: 'https://lab.example', pageCertificate }, 'labdeploy:pageDomain: not a host name'],
  [
    { pageDomain, pageCertificate: pageCertificate.replace('us-east-1', 'eu-central-1') },
    'labdeploy:pageCertificate: not the ARN of a certificate of ACM in us-east-1',
  ],
])('is refused with %j', (settings, why) => {
  expect(() => readConfig(settings)).toThrow(why);
});
