import { beforeAll, describe, expect, it } from '@jest/globals';
import { brokerEnvironment } from '../../functions/stack/sign-in-broker.ts';
import type { PolicyDocument } from '../../policies/statement.ts';
import { type Graph, graphOf } from '../support/graph.ts';

const uni = { name: 'Uni', issuer: 'https://login.uni.example', clientId: 'lab' };
const globus = {
  ...{ name: 'Globus', issuer: 'https://auth.globus.org', clientId: 'lab' },
  ...{ addressClaim: 'preferred_username', allowedDomains: ['uni.example'] },
};
const odd = { name: 'Odd', issuer: 'https://odd.example', clientId: 'lab-2', broker: true };
const account = 'eu-central-1:123456789012';

describe('the broker between the pool and institutions', () => {
  let direct: Graph;
  let graph: Graph;
  beforeAll(async () => {
    direct = await graphOf({ signInWith: JSON.stringify([uni]) });
    graph = await graphOf({ signInWith: JSON.stringify([uni, globus, odd]) });
  });

  it('leaves no trace in a stack whose institutions fit Cognito', () => {
    expect(/broker|auth\/with/i.exec(JSON.stringify(direct))?.[0]).toBeUndefined();
  });

  it('is one function behind two routes of the API, and nothing that costs while nobody signs in', () => {
    const before = new Set(direct.resources.map(({ type, name }) => `${type} ${name}`));
    const more = graph.resources.filter(({ type, name }) => !before.has(`${type} ${name}`));
    expect(
      more.filter(({ type }) => type.startsWith('aws:')).map(({ type, name }) => [type.split(':')[2], name]),
    ).toEqual([
      ['Integration', 'labdeploy-broker-integration'],
      ['Route', 'labdeploy-broker-route-get'],
      ['Route', 'labdeploy-broker-route-post'],
      ['LogGroup', 'labdeploy-broker-function-log'],
      ['IdentityProvider', 'labdeploy-people-institution-Globus'],
      ['IdentityProvider', 'labdeploy-people-institution-Odd'],
      ['Role', 'labdeploy-broker-function-role'],
      ['RolePolicy', 'labdeploy-broker-function-permissions'],
      ['Function', 'labdeploy-broker-function'],
      ['Permission', 'labdeploy-broker-permission'],
    ]);
    const routes = graph.of('aws:apigatewayv2/route:Route');
    for (const method of ['get', 'post'])
      expect(routes[`labdeploy-broker-route-${method}`]).toMatchObject({
        routeKey: `${method.toUpperCase()} /auth/with/{proxy+}`,
        authorizationType: 'NONE',
      });
    expect(graph.of('aws:lambda/permission:Permission')['labdeploy-broker-permission']).toMatchObject({
      principal: 'apigateway.amazonaws.com',
      sourceArn: 'arn:execution/*/*/auth/with/*',
    });
    expect(graph.outputs.functions).toMatchObject({ broker: 'labdeploy-dev-broker' });
  });

  it('takes fewer requests than the API, since nobody is known there', () => {
    const stageOf = (of: Graph) => of.of('aws:apigatewayv2/stage:Stage')['labdeploy-api-stage']!;
    const limits = { throttlingRateLimit: 20, throttlingBurstLimit: 100 };
    expect(stageOf(graph).routeSettings).toEqual([
      { routeKey: 'GET /auth/with/{proxy+}', ...limits },
      { routeKey: 'POST /auth/with/{proxy+}', ...limits },
    ]);
    expect(stageOf(direct)).not.toHaveProperty('routeSettings');
  });

  it('is below the origin of the page, where it is not cached', () => {
    const [distribution] = Object.values(graph.of('aws:cloudfront/distribution:Distribution'));
    const behaviours = distribution!.orderedCacheBehaviors as Record<string, unknown>[];
    const [own, ...others] = behaviours.filter(({ pathPattern }) => pathPattern === '/auth/with/*');
    expect([others, own]).toMatchObject([
      [],
      { targetOriginId: 'api', cachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad' },
    ]);
  });

  it('is what the pool signs in with for those that do not fit it, by places that need no description', () => {
    const providers = graph.of('aws:cognito/identityProvider:IdentityProvider');
    const mapping = { username: 'sub', email: 'email', email_verified: 'email_verified', name: 'name' };
    const origin = 'https://d123.cloudfront.net/auth/with';
    for (const [name, id] of [
      ['Globus', 'globus'],
      ['Odd', 'odd'],
    ])
      expect(providers[`labdeploy-people-institution-${name}`]).toEqual({
        ...{ userPoolId: 'labdeploy-dev-people-id', providerName: name, providerType: 'OIDC' },
        providerDetails: {
          oidc_issuer: `${origin}/${id}`,
          client_id: 'cognito',
          client_secret: 'labdeploy up sets it',
          authorize_url: `${origin}/${id}/authorize`,
          token_url: `${origin}/${id}/token`,
          attributes_url: `${origin}/${id}/userinfo`,
          jwks_uri: `${origin}/${id}/jwks`,
          authorize_scopes: 'openid email profile',
          attributes_request_method: 'GET',
        },
        attributeMapping: mapping,
      });
    expect(providers['labdeploy-people-institution-Uni']).toMatchObject({
      providerDetails: { oidc_issuer: 'https://login.uni.example', client_id: 'lab' },
    });
  });

  it('knows its rows, and no secret', () => {
    const fn = graph.of('aws:lambda/function:Function')['labdeploy-broker-function']!;
    expect(fn).toMatchObject({ memorySize: 512, timeout: 29 });
    const { variables } = fn.environment as { variables: Record<string, string> };
    expect(Object.keys(variables).sort()).toEqual(['LABDEPLOY_BROKER', 'LABDEPLOY_RETENTION_DAYS', 'LABDEPLOY_TABLE']);
    expect(brokerEnvironment.parse(JSON.parse(variables.LABDEPLOY_BROKER!))).toEqual({
      origin: 'https://d123.cloudfront.net',
      redirectUri: expect.stringMatching(
        /^https:\/\/labdeploy-dev-sign-in-[0-9a-f]+\.auth\.eu-central-1\.amazoncognito\.com\/oauth2\/idpresponse$/,
      ),
      parameter: '/labdeploy/broker/dev',
      rows: [globus, { ...odd, addressClaim: 'email' }],
    });
  });

  it('may keep what is good once, read its one parameter, and nothing else', () => {
    const policies = graph.of('aws:iam/rolePolicy:RolePolicy');
    const { policy } = policies['labdeploy-broker-function-permissions'] as { policy: string };
    const [keeps, reads, ...rest] = (JSON.parse(policy) as PolicyDocument).Statement;
    expect(keeps).toEqual({
      ...{ Sid: 'KeepSignIns', Effect: 'Allow', Action: ['dynamodb:DeleteItem', 'dynamodb:PutItem'] },
      Resource: [`arn:aws:dynamodb:${account}:labdeploy-dev-jobs`],
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['once#*'] } },
    });
    expect(reads).toEqual({
      ...{ Sid: 'ReadBrokerSecrets', Effect: 'Allow', Action: ['ssm:GetParameter'] },
      Resource: [`arn:aws:ssm:${account}:parameter/labdeploy/broker/dev`],
    });
    expect(rest.map(({ Sid }) => Sid)).toEqual(['WriteLog']);
    const others = Object.entries(policies).filter(([name]) => !name.includes('broker'));
    expect(others.filter(([, each]) => JSON.stringify(each).includes('labdeploy/broker'))).toEqual([]);
  });
});
