import { describe, expect, it } from '@jest/globals';
import type { AwsAccount } from '../../../cli/deploy/account.ts';
import { adoptableTypes, findUnrecorded } from '../../../cli/deploy/engine/adopt-unrecorded.ts';
import { isOfDeployment, isTagOfDeployment, mayBeOfDeployment } from '../../../cli/deploy/engine/owned.ts';
import { taggedTypes } from '../../../policies/tagged-types.ts';

it('knows of every type of a stack how to go on after it was cut off', () => {
  expect([...adoptableTypes].sort()).toEqual(Object.keys(taggedTypes).sort());
});

/** As the engine writes it. */
const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
const nowhere = { id: '123456789012' } as AwsAccount; // has no clients: nothing may be asked

it.each([
  ['aws:cognito/userPoolClient:UserPoolClient', { userPoolId: unknown, name: 'page' }],
  ['aws:cognito/userGroup:UserGroup', { userPoolId: unknown, name: 'admins' }],
  ['aws:apigatewayv2/route:Route', { apiId: unknown, routeKey: 'GET /healthz' }],
  ['aws:lambda/eventSourceMapping:EventSourceMapping', { functionName: 'zip', eventSourceArn: unknown }],
])('looks for no %s of something that is not made yet', async (type, inputs) => {
  expect(await findUnrecorded({ urn: 'urn', type, custom: true, inputs }, nowhere)).toBeUndefined();
});

it('knows the id of what has a name, whatever else is not known', async () => {
  const inputs = { name: 'labdeploy-dev-zip', code: unknown };
  const resource = { urn: 'urn', type: 'aws:lambda/function:Function', custom: true, inputs };
  expect(await findUnrecorded(resource, nowhere)).toBe('labdeploy-dev-zip');
});

describe('what is found after an interrupted change', () => {
  const here = { stack: 'dev', account: { id: '123456789012', region: 'eu-central-1' } };
  const role = 'aws:iam/role:Role';
  const queue = 'aws:sqs/queue:Queue';
  const distribution = 'aws:cloudfront/distribution:Distribution';
  const found = (type: string, tags: Record<string, string>) =>
    isOfDeployment({ urn: 'urn', type, custom: true, outputs: { tags } }, here);
  const tags = (deployment: string) => ({ 'labdeploy:stack': 'dev', 'labdeploy:deployment': deployment });

  it.each([role, queue, distribution])('%s is of the stack by the tag that names account and region', (type) => {
    expect(found(type, tags('labdeploy/dev/123456789012/eu-central-1'))).toBe(true);
    expect(found(type, tags('labdeploy/dev/123456789012/us-east-1'))).toBe(false);
    expect(found(type, tags('labdeploy/dev/210987654321/eu-central-1'))).toBe(false);
    expect(found(type, { ...tags('labdeploy/lab/123456789012/eu-central-1'), 'labdeploy:stack': 'lab' })).toBe(false);
    expect(found(type, {})).toBe(false);
  });

  it('is distinguished by the base name too, where that is known', () => {
    const neuro = tags('neuro/dev/123456789012/eu-central-1');
    expect(isTagOfDeployment(neuro, { ...here, baseName: 'neuro' }, false)).toBe(true);
    expect(isTagOfDeployment(neuro, { ...here, baseName: 'labdeploy' }, true)).toBe(false);
    expect(isTagOfDeployment(tags('neuro-2/dev/123456789012/eu-central-1'), { ...here, baseName: 'neuro' }, true)).toBe(
      false,
    );
  });

  it('of an earlier version, with the tag of the stack alone, is of it only where one region was asked', () => {
    const old = { 'labdeploy:stack': 'dev' };
    expect([queue, role, distribution].map((type) => found(type, old))).toEqual([true, false, false]);
  });

  it.each([
    ['aws:cloudfront/originAccessControl:OriginAccessControl', 'name', 'labdeploy-dev-site'],
    ['aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy', 'name', 'labdeploy-dev-page'],
    ['aws:cloudfront/function:Function', 'name', 'labdeploy-dev-page-routes'],
    ['aws:cloudwatch/dashboard:Dashboard', 'dashboardName', 'labdeploy-dev-service'],
  ])('%s takes no tags, and is looked for only under a name that has account and region', (type, property, name) => {
    const account = { ...here.account } as AwsAccount;
    const looksFor = (physical: string) =>
      mayBeOfDeployment({ urn: 'urn', type, custom: true, inputs: { [property]: physical } }, account);
    expect(looksFor(`${name}-1ff32a09`)).toBe(true); // of account 123456789012 in eu-central-1
    expect(looksFor(name)).toBe(false);
    expect(looksFor(`${name}-00000000`)).toBe(false);
  });
});
