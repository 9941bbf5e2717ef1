import { describe, expect, it } from '@jest/globals';
import { type Planned, rules, violations } from '../../policies/pack/rules.ts';
import { graphOf } from '../support/graph.ts';

type Change = (all: Planned[]) => Planned[];

const tags = { 'labdeploy:stack': 'dev' };
const onlyTls = JSON.stringify({
  Statement: [{ Effect: 'Deny', Principal: '*', Action: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
});
const role = (statement: object) => JSON.stringify({ Statement: [{ Effect: 'Allow', ...statement }] });

const bucketPart = (kind: string, props: object): Planned => ({
  type: `aws:s3/bucket${kind}:Bucket${kind}`,
  name: `b-${kind}`,
  props: { bucket: 'b', ...props },
});

/** One of each kind that the rules look at, as it should be. */
const good: Planned[] = [
  { type: 'aws:s3/bucket:Bucket', name: 'b', props: { bucket: 'b', tags } },
  bucketPart('PublicAccessBlock', {
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  }),
  bucketPart('ServerSideEncryptionConfiguration', {}),
  bucketPart('Policy', { policy: onlyTls }),
  {
    type: 'aws:sqs/queue:Queue',
    name: 'q',
    props: { name: 'q', sqsManagedSseEnabled: true, redrivePolicy: '{}', policy: onlyTls, tags },
  },
  { type: 'aws:lambda/function:Function', name: 'f', props: { name: 'f', tags } },
  {
    type: 'aws:lambda/eventSourceMapping:EventSourceMapping',
    name: 's',
    props: { functionName: 'f', eventSourceArn: 'arn:aws:sqs:r:1:q', tags },
  },
  { type: 'aws:cloudwatch/logGroup:LogGroup', name: 'l', props: { name: '/aws/lambda/f', retentionInDays: 30, tags } },
  {
    type: 'aws:iam/rolePolicy:RolePolicy',
    name: 'p',
    props: { policy: role({ Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::b/*'] }) },
  },
  {
    type: 'aws:iam/role:Role',
    name: 'r',
    props: { assumeRolePolicy: role({ Principal: { Service: 'lambda.amazonaws.com' } }), tags },
  },
];

/** The same with one resource changed. */
const but =
  (name: string, props: object): Change =>
  (all) =>
    all.map((each) => (each.name === name ? { ...each, props: { ...each.props, ...props } } : each));
const without =
  (name: string): Change =>
  (all) =>
    all.filter((each) => each.name !== name);
const and =
  (type: string, props: object = {}): Change =>
  (all) => [...all, { type, name: 'more', props: { tags, ...props } }];

describe('the rules of the policy pack', () => {
  it('pass what is as it should be', () => {
    expect(violations(good)).toEqual([]);
  });

  it.each<[string, Change, string]>([
    [
      'a bucket whose public access is not blocked',
      without('b-PublicAccessBlock'),
      'private-buckets: b: its public access is not blocked',
    ],
    [
      'a bucket that is blocked in three ways of four',
      but('b-PublicAccessBlock', { restrictPublicBuckets: false }),
      'private-buckets: b: its public access is not blocked',
    ],
    [
      'a block of another bucket',
      but('b-PublicAccessBlock', { bucket: 'c' }),
      'private-buckets: b: its public access is not blocked',
    ],
    [
      'a bucket that lets everybody read',
      but('b-Policy', {
        policy: JSON.stringify({
          Statement: [...JSON.parse(onlyTls).Statement, { Effect: 'Allow', Principal: '*', Action: 's3:GetObject' }],
        }),
      }),
      'private-buckets: b-Policy: its policy lets everybody in',
    ],
    [
      'a queue that lets every account send',
      but('q', {
        policy: JSON.stringify({
          Statement: [
            ...JSON.parse(onlyTls).Statement,
            { Effect: 'Allow', Principal: { AWS: ['*'] }, Action: 'sqs:SendMessage' },
          ],
        }),
      }),
      'private-buckets: q: its policy lets everybody in',
    ],
    [
      'a bucket without encryption',
      without('b-ServerSideEncryptionConfiguration'),
      'encrypted-stores: b: it says no encryption',
    ],
    ['a bucket that takes plain HTTP', without('b-Policy'), 'encrypted-stores: b: it takes requests without TLS'],
    [
      'a queue without encryption',
      but('q', { sqsManagedSseEnabled: false }),
      'encrypted-stores: q: it is not encrypted',
    ],
    ['a queue that takes plain HTTP', but('q', { policy: '{}' }), 'encrypted-stores: q: it takes requests without TLS'],
    [
      'an action of all',
      but('p', { policy: role({ Action: 's3:*', Resource: 'arn:b' }) }),
      'narrow-roles: p: it allows the action s3:*',
    ],
    [
      'a resource of all',
      but('p', { policy: role({ Action: 's3:GetObject', Resource: '*' }) }),
      'narrow-roles: p: it allows s3:GetObject on every resource',
    ],
    [
      'a resource of all beside one that must be',
      but('p', { policy: role({ Action: ['xray:PutTraceSegments', 'sqs:SendMessage'], Resource: ['*'] }) }),
      'narrow-roles: p: it allows xray:PutTraceSegments, sqs:SendMessage on every resource',
    ],
    [
      'all but some actions',
      but('p', { policy: role({ NotAction: 'iam:PassRole', Resource: 'arn:b' }) }),
      'narrow-roles: p: it allows all but what it names',
    ],
    [
      'a role for everybody',
      but('r', { assumeRolePolicy: role({ Principal: { AWS: '*' } }) }),
      'narrow-roles: r: everybody may take it',
    ],
    [
      "a policy of AWS's own",
      and('aws:iam/rolePolicyAttachment:RolePolicyAttachment'),
      'narrow-roles: more: it attaches a policy that is not of this stack',
    ],
    [
      'a queue whose messages come again for ever',
      but('q', { redrivePolicy: undefined }),
      'dead-letters: f: what it fails at is lost',
    ],
    [
      'such a queue as it is once it is there',
      but('q', { redrivePolicy: '' }),
      'dead-letters: f: what it fails at is lost',
    ],
    [
      'a queue of another function alone',
      but('s', { functionName: 'arn:aws:lambda:r:1:function:of' }),
      'dead-letters: f: what it fails at is lost',
    ],
    ['a function that nobody waits for', without('s'), 'dead-letters: f: what it fails at is lost'],
    ['a log that is kept for ever', but('l', { retentionInDays: 0 }), 'ending-logs: l: it keeps logs for ever'],
    [
      'a function that makes its log group itself',
      but('l', { name: '/aws/lambda/other' }),
      'ending-logs: f: its log group is not of the stack',
    ],
    [
      'a resource without the tag',
      but('f', { tags: { owner: 'lab' } }),
      'tagged-resources: f: it lacks the tag labdeploy:stack',
    ],
    [
      'a type that nobody knows',
      and('aws:kms/key:Key'),
      'tagged-resources: more: policies/tagged-types does not know its type',
    ],
  ])('refuse %s', (_, change, expected) => {
    expect(violations(change(good))).toContain(expected);
  });

  it.each<[string, Change]>([
    [
      'a function that its caller waits for',
      (all) =>
        and('aws:lambda/permission:Permission', { function: 'f', principal: 'apigateway.amazonaws.com' })(
          without('s')(all),
        ),
    ],
    [
      'a function with dead letters of its own',
      (all) => but('f', { deadLetterConfig: { targetArn: 'arn' } })(without('s')(all)),
    ],
    [
      'an event source that is there, and has the ARN of its function',
      but('s', { functionName: 'arn:aws:lambda:r:1:function:f' }),
    ],
    [
      'traces, which have no resources',
      but('p', { policy: role({ Action: ['xray:PutTraceSegments'], Resource: ['*'] }) }),
    ],
    [
      'documents that a preview does not know yet',
      (all) =>
        but('p', { policy: undefined })(but('b-Policy', { policy: '04da6b54-80e4-46f7-96ec-b56ff0331ba9' })(all)),
    ],
  ])('pass %s', (_, change) => {
    expect(violations(change(good)).filter((line) => !line.includes('does not know'))).toEqual([]);
  });

  it('say what they are for', () => {
    expect(rules.map(({ name }) => name)).toEqual([
      'private-buckets',
      'encrypted-stores',
      'narrow-roles',
      'dead-letters',
      'ending-logs',
      'tagged-resources',
    ]);
  });

  it.each<[string, Record<string, string>]>([
    ['as it comes', {}],
    [
      'with all that can be switched on',
      {
        signUp: 'domains',
        allowedDomains: '["lab.example"]',
        alarmEmail: 'lab@lab.example',
        mailFrom: 'service@lab.example',
        tracing: 'true',
        protectData: 'true',
      },
    ],
  ])('pass a stack %s', async (_, settings) => {
    const { resources } = await graphOf(settings);
    expect(violations(resources.map(({ type, name, inputs }) => ({ type, name, props: inputs })))).toEqual([]);
  });
});
