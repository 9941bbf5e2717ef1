import { expect, it } from '@jest/globals';
import type { AwsAccount } from '../../../cli/deploy/account.ts';
import { adoptableTypes, findUnrecorded } from '../../../cli/deploy/engine/adopt-unrecorded.ts';
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
