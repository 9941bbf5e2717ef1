import { beforeAll, describe, expect, it } from '@jest/globals';
import { operationsWith } from '../../functions/contract/operations.ts';
import { noFeatures } from '../../functions/core/features.ts';
import { apiEnvironment } from '../../functions/stack/api-environment.ts';
import { pagePolicy, policyText } from '../../functions/stack/page-csp.ts';
import { signedInPaths } from '../../functions/stack/redirect-uris.ts';
import { signUpEnvironment } from '../../functions/stack/sign-up-environment.ts';
import type { PolicyDocument } from '../../policies/statement.ts';
import { taggedTypes } from '../../policies/tagged-types.ts';
import { signedInPath, silentPath } from '../../web/session/manager.ts';
import { type Graph, graphOf } from '../support/graph.ts';

const day = 24 * 60 * 60;
const only = (statement: object) => ({ Version: '2012-10-17', Statement: [statement] });
const byTls = (resource: string | string[], actions: string) => ({
  Sid: 'OnlyByTls',
  Effect: 'Deny',
  Principal: '*',
  Action: actions,
  Resource: resource,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});
const parsed = (text: unknown) => JSON.parse(text as string) as unknown;
const oneOf = (graph: Graph, type: string): Record<string, unknown> => {
  const all = Object.values(graph.of(type));
  expect(all.length).toBe(1);
  return all[0]!;
};
const tags = { 'labdeploy:stack': 'dev', 'labdeploy:deployment': 'labdeploy/dev/123456789012/eu-central-1' };

let graph: Graph;
beforeAll(async () => {
  graph = await graphOf({ alarmEmail: 'lab@lab.example', retentionDays: '90', dashboard: 'true' });
});

describe('every bucket', () => {
  it.each([
    ['uploads', 7],
    ['inputs', 10],
    ['results', 90],
    ['downloads', 90],
  ])('%s is closed, encrypted and ends after %i days', (part, days) => {
    const bucket = `labdeploy-dev-${part}-1ff32a09`;
    const arn = `arn:aws:s3:::${bucket}`;
    const name = `labdeploy-${part}`;
    const inputs = (kind: string, suffix: string) => graph.of(`aws:s3/bucket${kind}:Bucket${kind}`)[`${name}${suffix}`];
    expect(inputs('', '')).toEqual({ bucket, forceDestroy: true, tags });
    expect(inputs('PublicAccessBlock', '-public-access')).toEqual({
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(inputs('OwnershipControls', '-ownership')).toEqual({
      bucket,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
    expect(inputs('ServerSideEncryptionConfiguration', '-encryption')).toEqual({
      bucket,
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' }, bucketKeyEnabled: true }],
    });
    expect(inputs('LifecycleConfiguration', '-lifecycle')).toEqual({
      bucket,
      rules: [
        {
          id: 'unfinished-uploads',
          status: 'Enabled',
          filter: {},
          abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
        },
        { id: 'objects-in-between', status: 'Enabled', filter: { prefix: '~compose/' }, expiration: { days: 1 } },
        { id: 'old-objects', status: 'Enabled', filter: {}, expiration: { days } },
      ],
    });
    expect(parsed(inputs('Policy', '-policy')?.policy)).toEqual(only(byTls([arn, `${arn}/*`], 's3:*')));
  });

  it('models keeps what jobs have pinned', () => {
    const { rules } = graph.of('aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration')[
      'labdeploy-models-lifecycle'
    ] as { rules: { id: string }[] };
    expect(rules.map(({ id }) => id)).toEqual(['unfinished-uploads', 'objects-in-between']);
  });

  it.each([
    ['uploads', ['PUT']],
    ['inputs', ['PUT', 'GET', 'HEAD']],
    ['results', ['GET', 'HEAD']],
    ['downloads', ['GET', 'HEAD']],
    ['models', ['GET', 'HEAD']],
  ])('%s takes %j from the page', (part, allowedMethods) => {
    const cors = graph.of('aws:s3/bucketCorsConfiguration:BucketCorsConfiguration');
    expect(cors[`labdeploy-${part}-pages`]?.corsRules).toEqual([
      {
        id: 'pages',
        allowedOrigins: ['https://d123.cloudfront.net'],
        allowedMethods,
        allowedHeaders: ['*'],
        exposeHeaders: ['ETag', 'Content-Range'],
        maxAgeSeconds: 3600,
      },
    ]);
  });

  it('stays with its objects where data is protected', async () => {
    const kept = await graphOf({ protectData: 'true' });
    const forced = Object.entries(kept.of('aws:s3/bucket:Bucket')).map(([name, { forceDestroy }]) => [
      name,
      forceDestroy,
    ]);
    expect(forced).toEqual([
      ['labdeploy-downloads', false],
      ['labdeploy-inputs', false],
      ['labdeploy-models', false],
      ['labdeploy-page-site', true],
      ['labdeploy-results', false],
      ['labdeploy-uploads', false],
    ]);
    expect(oneOf(kept, 'aws:dynamodb/table:Table').deletionProtectionEnabled).toBe(true);
    expect(oneOf(kept, 'aws:cognito/userPool:UserPool').deletionProtection).toBe('ACTIVE');
  });

  it.each([
    [{ retentionDays: '2' }, { uploads: 2, inputs: 2, results: 2 }],
    [{ inputDays: '3' }, { uploads: 7, inputs: 3, results: 30 }],
    [{ inputDays: '60' }, { uploads: 7, inputs: 30, results: 30 }],
  ])('keeps with %j what was sent no longer than results', async (settings, days) => {
    const rules = (await graphOf(settings)).of('aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration');
    const ofPart = (part: string) => (rules[`labdeploy-${part}-lifecycle`]!.rules as object[])[2];
    const expected = Object.entries(days).map(([part, each]) => [part, { expiration: { days: each } }]);
    expect(Object.keys(days).map((part) => [part, ofPart(part)])).toMatchObject(expected);
  });
});

describe('the queues', () => {
  const arn = (name: string) => `arn:aws:sqs:eu-central-1:123456789012:labdeploy-dev-${name}`;

  it.each([
    ['unzip', 900, 5],
    ['files', 900, 5],
    ['zips', 900, 5],
    ['notices', 30, 10],
  ])('%s: hidden six times as long as its function may take, dead after its attempts', (part, timeout, attempts) => {
    const queues = graph.of('aws:sqs/queue:Queue');
    const { policy, redrivePolicy, ...rest } = queues[`labdeploy-queue-${part}`]!;
    expect(rest).toEqual({
      name: `labdeploy-dev-${part}`,
      messageRetentionSeconds: part === 'notices' ? 60 : 10 * day, // nobody wants notices here
      visibilityTimeoutSeconds: 6 * timeout,
      receiveWaitTimeSeconds: 20,
      sqsManagedSseEnabled: true,
      tags,
    });
    expect(parsed(redrivePolicy)).toEqual({ deadLetterTargetArn: arn(`${part}-dead`), maxReceiveCount: attempts });
    const fromBucket = {
      Sid: 'FromBucket',
      Effect: 'Allow',
      Principal: { Service: 's3.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: arn('files'),
      Condition: {
        ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::labdeploy-dev-inputs-1ff32a09' },
        StringEquals: { 'aws:SourceAccount': '123456789012' },
      },
    };
    expect(parsed(policy)).toEqual({
      Version: '2012-10-17',
      Statement: [byTls(arn(part), 'sqs:*'), ...(part === 'files' ? [fromBucket] : [])],
    });
    const { policy: deadPolicy, redriveAllowPolicy, ...dead } = queues[`labdeploy-queue-${part}-dead`]!;
    expect(dead).toEqual({
      name: `labdeploy-dev-${part}-dead`,
      messageRetentionSeconds: 14 * day,
      visibilityTimeoutSeconds: 300,
      sqsManagedSseEnabled: true,
      tags,
    });
    expect(parsed(redriveAllowPolicy)).toEqual({ redrivePermission: 'byQueue', sourceQueueArns: [arn(part)] });
    expect(parsed(deadPolicy)).toEqual(only(byTls(arn(`${part}-dead`), 'sqs:*')));
  });

  it('of images hear of each new object', () => {
    expect(graph.of('aws:s3/bucketNotification:BucketNotification')).toEqual({
      'labdeploy-inputs-announces': {
        bucket: 'labdeploy-dev-inputs-1ff32a09',
        queues: [{ id: 'files', queueArn: arn('files'), events: ['s3:ObjectCreated:*'] }],
      },
    });
  });

  it('feed their functions, which say which messages failed, so many at a time', () => {
    const sources = Object.values(graph.of('aws:lambda/eventSourceMapping:EventSourceMapping'));
    expect(sources).toEqual(
      (
        [
          ['notify', 'notices', 2],
          ['predict', 'files', 20],
          ['unzip', 'unzip', 5],
          ['zip', 'zips', 5],
        ] as const
      ).map(([name, queue, maximumConcurrency]) => ({
        functionName: `labdeploy-dev-${name}`,
        eventSourceArn: arn(queue),
        batchSize: 1,
        functionResponseTypes: ['ReportBatchItemFailures'],
        scalingConfig: { maximumConcurrency },
        enabled: name !== 'notify',
        tags,
      })),
    );
  });
});

it.each([{ mailFrom: 'jobs@lab.example' }, { noticeTopic: 'arn:aws:sns:eu-central-1:123456789012:labdeploy-ends' }])(
  'notices are looked for, and kept, where they are sent: %j',
  async (settings) => {
    const sending = await graphOf(settings);
    const source = sending.of('aws:lambda/eventSourceMapping:EventSourceMapping')['labdeploy-notify-source'];
    expect(source).toMatchObject({ enabled: true });
    const queue = sending.of('aws:sqs/queue:Queue')['labdeploy-queue-notices'];
    expect(queue).toMatchObject({ messageRetentionSeconds: 10 * day });
  },
);

it('in an account that runs few functions at once the queues leave some for the page', async () => {
  const small = await graphOf({ functionsAtOnce: '10' });
  const sources = Object.values(small.of('aws:lambda/eventSourceMapping:EventSourceMapping'));
  const most = sources.map(({ scalingConfig }) => (scalingConfig as { maximumConcurrency: number }).maximumConcurrency);
  expect(most).toEqual([2, 2, 2, 2]);
});

it('the table has its keys and indexes, forgets, and can be taken back', () => {
  expect(oneOf(graph, 'aws:dynamodb/table:Table')).toEqual({
    name: 'labdeploy-dev-jobs',
    billingMode: 'PAY_PER_REQUEST',
    hashKey: 'pk',
    rangeKey: 'sk',
    attributes: ['pk', 'sk', 'ownerKey', 'ownerSort', 'openKey', 'openSort', 'undoneSort'].map((name) => ({
      name,
      type: 'S',
    })),
    globalSecondaryIndexes: [
      { name: 'owner', hashKey: 'ownerKey', rangeKey: 'ownerSort', projectionType: 'KEYS_ONLY' },
      { name: 'open', hashKey: 'openKey', rangeKey: 'openSort', projectionType: 'KEYS_ONLY' },
    ],
    localSecondaryIndexes: [{ name: 'undone', rangeKey: 'undoneSort', projectionType: 'ALL' }],
    ttl: { attributeName: 'expiresAt', enabled: true },
    pointInTimeRecovery: { enabled: true },
    serverSideEncryption: { enabled: false },
    deletionProtectionEnabled: false,
    tags,
  });
});

describe('the functions', () => {
  it('are what their descriptors say', () => {
    const facts = Object.values(graph.of('aws:lambda/function:Function')).map((each) => [
      each.name,
      each.memorySize,
      each.timeout,
      each.handler,
      (each.architectures as string[]).join(),
      (each.loggingConfig as { logGroup: string }).logGroup,
    ]);
    const facts_ = (name: string, memory: number, timeout: number) => [
      `labdeploy-dev-${name}`,
      memory,
      timeout,
      'index.handler',
      'x86_64',
      `/aws/lambda/labdeploy-dev-${name}`,
    ];
    expect(facts).toEqual([
      facts_('api', 512, 29),
      facts_('notify', 256, 30),
      facts_('predict', 3008, 900),
      facts_('sweep', 256, 300),
      facts_('unzip', 1769, 900),
      facts_('zip', 1769, 900),
    ]);
    const logs = Object.values(graph.of('aws:cloudwatch/logGroup:LogGroup'));
    expect(logs.map(({ name, retentionInDays }) => [name, retentionInDays])).toEqual(
      [
        'apigateway/labdeploy-dev-api',
        ...['api', 'notify', 'predict', 'sweep', 'unzip', 'zip'].map((each) => `lambda/labdeploy-dev-${each}`),
      ].map((name) => [`/aws/${name}`, 30]),
    );
  });

  it('take memory, processors and traces from the configuration', async () => {
    const changed = await graphOf({ memory: '10240', architecture: 'arm64', tracing: 'true' });
    const functions = changed.of('aws:lambda/function:Function');
    expect(functions['labdeploy-predict-function']).toMatchObject({
      memorySize: 10_240,
      architectures: ['arm64'],
      tracingConfig: { mode: 'Active' },
    });
    expect(functions['labdeploy-zip-function']).toMatchObject({ memorySize: 1769, architectures: ['arm64'] });
    const { policy } = changed.of('aws:iam/rolePolicy:RolePolicy')['labdeploy-zip-function-permissions']!;
    expect((parsed(policy) as { Statement: { Sid: string }[] }).Statement.at(-1)?.Sid).toBe('WriteTraces');
  });

  it('know where their things are, and no others', () => {
    const { variables } = graph.of('aws:lambda/function:Function')['labdeploy-predict-function']!.environment as {
      variables: Record<string, string>;
    };
    const queue = 'https://sqs.eu-central-1.amazonaws.com/123456789012/labdeploy-dev';
    expect(variables).toEqual({
      LABDEPLOY_BUCKET_INPUTS: 'labdeploy-dev-inputs-1ff32a09',
      LABDEPLOY_BUCKET_MODELS: 'labdeploy-dev-models-1ff32a09',
      LABDEPLOY_BUCKET_RESULTS: 'labdeploy-dev-results-1ff32a09',
      LABDEPLOY_QUEUE_ZIPS: `${queue}-zips`,
      LABDEPLOY_QUEUE_FILES: `${queue}-files`,
      LABDEPLOY_TABLE: 'labdeploy-dev-jobs',
      LABDEPLOY_RETENTION_DAYS: '90',
    });
  });

  it('sweep starts by a schedule; what fails lies in a queue', () => {
    const { target, ...schedule } = oneOf(graph, 'aws:scheduler/schedule:Schedule');
    expect(schedule).toMatchObject({
      name: 'labdeploy-dev-sweep',
      scheduleExpression: 'rate(5 minutes)',
      flexibleTimeWindow: { mode: 'OFF' },
    });
    const dead = 'arn:aws:sqs:eu-central-1:123456789012:labdeploy-dev-sweep-dead';
    expect(target).toMatchObject({
      arn: 'arn:aws:lambda:eu-central-1:123456789012:labdeploy-dev-sweep',
      deadLetterConfig: { arn: dead },
    });
    expect(graph.of('aws:lambda/function:Function')['labdeploy-sweep-function']?.deadLetterConfig).toEqual({
      targetArn: dead,
    });
    expect(oneOf(graph, 'aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig')).toEqual({
      functionName: 'labdeploy-dev-sweep',
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: 300,
    });
  });
});

describe('the API', () => {
  it('asks for a token everywhere but on the public operations', () => {
    const routes = Object.values(graph.of('aws:apigatewayv2/route:Route')).map(
      ({ routeKey, authorizationType, authorizerId }) => [routeKey, authorizationType, authorizerId !== undefined],
    );
    const open = operationsWith(noFeatures).flatMap((each) =>
      each.public === true ? [`${each.method} ${each.path}`] : [],
    );
    expect(open).toContain('GET /healthz');
    expect(open).toContain('GET /v1/config');
    expect(routes.sort()).toEqual(
      [
        ['ANY /v1/{proxy+}', 'JWT', true],
        ...['GET /openapi.json', 'OPTIONS /v1/{proxy+}', ...open].map((route) => [route, 'NONE', false]),
      ].sort(),
    );
    expect(oneOf(graph, 'aws:apigatewayv2/authorizer:Authorizer')).toMatchObject({
      authorizerType: 'JWT',
      identitySources: ['$request.header.Authorization'],
      jwtConfiguration: {
        issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/labdeploy-dev-people-id',
        audiences: ['page-id', 'command-line-id'],
      },
    });
  });

  it('is throttled, and logs who asked what without a secret', () => {
    const { accessLogSettings, ...stage } = oneOf(graph, 'aws:apigatewayv2/stage:Stage');
    expect(stage).toMatchObject({
      name: '$default',
      autoDeploy: true,
      defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 500 },
    });
    const { format } = accessLogSettings as { format: string };
    expect(Object.keys(parsed(format) as object)).toContain('owner');
    expect(format).not.toMatch(/header|query|\.path/i); // a public link is a path
  });

  it('gets the variables that its schema wants', () => {
    const { variables } = graph.of('aws:lambda/function:Function')['labdeploy-api-function']!.environment as {
      variables: Record<string, string>;
    };
    const told = apiEnvironment.parse(parsed(variables.LABDEPLOY_API));
    expect(told).toMatchObject({
      version: '1.2.3',
      signUp: 'invite',
      issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/labdeploy-dev-people-id',
      clientId: 'page-id',
      cliClientId: 'command-line-id',
      scopes: ['openid', 'email', 'profile'],
      origins: ['https://d123.cloudfront.net'],
      publicLinks: false,
      retentionDays: 90,
      inputDays: 10,
    });
    expect(Object.keys(told.plans)).toEqual(['standard', 'large']);
    expect(Buffer.byteLength(Object.entries(variables).flat().join(''))).toBeLessThan(4096); // Lambda's most
  });
});

describe('the people', () => {
  it('come by invitation, with a long password and maybe a second factor', () => {
    expect(oneOf(graph, 'aws:cognito/userPool:UserPool')).toMatchObject({
      name: 'labdeploy-dev-people',
      usernameAttributes: ['email'],
      adminCreateUserConfig: {
        allowAdminCreateUserOnly: true,
        inviteMessageTemplate: {
          emailMessage: expect.stringMatching(/"https:\/\/d123\.cloudfront\.net".*\{username\}.*\{####\}<.* 7 days/),
        },
      },
      passwordPolicy: { minimumLength: 12, temporaryPasswordValidityDays: 7 },
      mfaConfiguration: 'OPTIONAL',
      softwareTokenMfaConfiguration: { enabled: true },
      deletionProtection: 'INACTIVE',
      tags,
    });
    expect(Object.values(graph.of('aws:cognito/userGroup:UserGroup')).map(({ name }) => name)).toEqual([
      'labdeploy-admin',
      'plan-large',
      'plan-standard',
    ]);
  });

  it('of some domains are asked about by a function', async () => {
    const some = await graphOf({ signUp: 'domains', allowedDomains: '["lab.example","b.example"]' });
    const trigger = some.of('aws:lambda/function:Function')['labdeploy-people-pre-sign-up']!;
    expect(trigger).toMatchObject({ name: 'labdeploy-dev-pre-sign-up', memorySize: 512, timeout: 5 });
    const { variables } = trigger.environment as { variables: Record<string, string> };
    expect(Object.keys(variables)).toEqual(['LABDEPLOY_SIGN_UP']);
    expect(signUpEnvironment.parse(parsed(variables.LABDEPLOY_SIGN_UP))).toEqual({
      signUp: 'domains',
      domains: ['lab.example', 'b.example'],
      institutions: {},
    });
    const role = some.of('aws:iam/rolePolicy:RolePolicy')['labdeploy-people-pre-sign-up-permissions']!;
    expect(role.policy).not.toContain('cognito-idp');
    expect(oneOf(some, 'aws:cognito/userPool:UserPool')).toMatchObject({
      adminCreateUserConfig: { allowAdminCreateUserOnly: false },
      lambdaConfig: { preSignUp: 'arn:aws:lambda:eu-central-1:123456789012:labdeploy-dev-pre-sign-up' },
    });
    expect(some.of('aws:lambda/permission:Permission')['labdeploy-people-trigger-permission']).toMatchObject({
      principal: 'cognito-idp.amazonaws.com',
    });
  });

  it('sign in with institutions by providers of the pool, whose secret no state has', async () => {
    const rows = [
      { name: 'My Uni', issuer: 'https://login.uni.example', clientId: 'lab', allowedDomains: ['uni.example'] },
      { name: 'Other', issuer: 'https://other.example', clientId: 'lab-2' },
    ];
    const some = await graphOf({ signInWith: JSON.stringify(rows) });
    expect(some.of('aws:cognito/identityProvider:IdentityProvider')).toEqual({
      'labdeploy-people-institution-My-Uni': {
        userPoolId: 'labdeploy-dev-people-id',
        providerName: 'My-Uni',
        providerType: 'OIDC',
        providerDetails: {
          oidc_issuer: 'https://login.uni.example',
          client_id: 'lab',
          client_secret: 'labdeploy up sets it',
          authorize_scopes: 'openid email profile',
          attributes_request_method: 'GET',
        },
        attributeMapping: { username: 'sub', email: 'email', email_verified: 'email_verified', name: 'name' },
      },
      'labdeploy-people-institution-Other': expect.objectContaining({ providerName: 'Other' }),
    });
    for (const client of Object.values(some.of('aws:cognito/userPoolClient:UserPoolClient'))) {
      expect(client.supportedIdentityProviders).toEqual(['COGNITO', 'My-Uni', 'Other']);
    }
    const { environment } = some.of('aws:lambda/function:Function')['labdeploy-people-pre-sign-up']!;
    const { variables } = environment as { variables: Record<string, string> };
    expect(signUpEnvironment.parse(parsed(variables.LABDEPLOY_SIGN_UP))).toEqual({
      signUp: 'invite',
      domains: [],
      institutions: { 'My-Uni': ['uni.example'], Other: [] },
    });
    const role = some.of('aws:iam/rolePolicy:RolePolicy')['labdeploy-people-pre-sign-up-permissions']!;
    expect((JSON.parse(role.policy as string) as PolicyDocument).Statement[0]).toEqual({
      Sid: 'Federate',
      Effect: 'Allow',
      Action: ['cognito-idp:AdminCreateUser', 'cognito-idp:AdminGetUser', 'cognito-idp:AdminLinkProviderForUser'],
      Resource: ['arn:aws:cognito-idp:eu-central-1:123456789012:userpool/*'],
      Condition: {
        StringEquals: { 'aws:ResourceTag/labdeploy:deployment': 'labdeploy/dev/123456789012/eu-central-1' },
      },
    });
  });

  it('see the newer pages to sign in where the configuration says so, with a style for each client', async () => {
    const type = 'aws:cognito/managedLoginBranding:ManagedLoginBranding';
    expect(oneOf(graph, 'aws:cognito/userPoolDomain:UserPoolDomain').managedLoginVersion).toBe(1);
    expect(graph.of(type)).toEqual({});
    const managed = await graphOf({ signInPages: 'managed' });
    expect(oneOf(managed, 'aws:cognito/userPoolDomain:UserPoolDomain').managedLoginVersion).toBe(2);
    expect(Object.values(managed.of(type)).map(({ clientId }) => clientId)).toEqual(['command-line-id', 'page-id']);
  });

  it('sign in by public clients, which have no secret and take no password', () => {
    const clients = graph.of('aws:cognito/userPoolClient:UserPoolClient');
    const common = {
      userPoolId: 'labdeploy-dev-people-id',
      generateSecret: false,
      allowedOauthFlows: ['code'],
      explicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
      writeAttributes: ['email', 'name'], // who signs up writes both
      allowedOauthScopes: ['openid', 'email', 'profile'], // with none of which anybody can change them
      preventUserExistenceErrors: 'ENABLED',
      enableTokenRevocation: true,
    };
    expect(clients['labdeploy-people-client-page']).toMatchObject({
      ...common,
      callbackUrls: ['https://d123.cloudfront.net/signed-in', 'https://d123.cloudfront.net/signed-in-silently'],
      logoutUrls: ['https://d123.cloudfront.net/'],
    });
    expect(clients['labdeploy-people-client-command-line']).toMatchObject({
      ...common,
      callbackUrls: [47811, 47812, 47813].map((port) => `http://localhost:${port}/signed-in`),
    });
    expect([...signedInPaths]).toEqual([signedInPath, silentPath]);
  });
});

describe('the page', () => {
  it('lies in a bucket that its distribution alone may read', () => {
    const { policy } = graph.of('aws:s3/bucketPolicy:BucketPolicy')['labdeploy-page-site-policy']!;
    const bucket = 'arn:aws:s3:::labdeploy-dev-site-1ff32a09';
    expect((parsed(policy) as { Statement: object[] }).Statement).toEqual([
      byTls([bucket, `${bucket}/*`], 's3:*'),
      {
        Sid: 'ToDistribution',
        Effect: 'Allow',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Action: 's3:GetObject',
        Resource: `${bucket}/*`,
        Condition: { StringEquals: { 'aws:SourceArn': 'arn:distribution' } },
      },
    ]);
    expect(oneOf(graph, 'aws:cloudfront/originAccessControl:OriginAccessControl')).toMatchObject({
      originAccessControlOriginType: 's3',
      signingBehavior: 'always',
      signingProtocol: 'sigv4',
    });
  });

  it('shares its origin with the API', () => {
    const { origins, defaultCacheBehavior, orderedCacheBehaviors } = oneOf(
      graph,
      'aws:cloudfront/distribution:Distribution',
    );
    expect(
      (origins as { originId: string; domainName: string }[]).map((each) => [each.originId, each.domainName]),
    ).toEqual([
      ['site', 'labdeploy-dev-site-1ff32a09.s3.eu-central-1.amazonaws.com'],
      ['api', 'abc123.execute-api.eu-central-1.amazonaws.com'],
    ]);
    expect(defaultCacheBehavior).toMatchObject({ targetOriginId: 'site', viewerProtocolPolicy: 'redirect-to-https' });
    expect(
      (orderedCacheBehaviors as { pathPattern: string; targetOriginId: string }[]).map((each) => [
        each.pathPattern,
        each.targetOriginId,
      ]),
    ).toEqual([
      ['/v1/*', 'api'],
      ['/healthz', 'api'],
      ['/openapi.json', 'api'],
    ]);
  });

  it('hands on every failure of the API as it is, and keeps none for the next person who asks', () => {
    const { customErrorResponses } = oneOf(graph, 'aws:cloudfront/distribution:Distribution');
    const kept = [400, 403, 404, 405, 414, 500, 501, 502, 503, 504]; // by CloudFront, if not told otherwise
    expect(customErrorResponses).toEqual(kept.map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 })));
  });

  it('may reach the sign-in and the buckets, and nothing else', () => {
    const { securityHeadersConfig } = oneOf(graph, 'aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy');
    const objects = ['uploads', 'inputs', 'results', 'downloads', 'models'].map(
      (part) => `https://labdeploy-dev-${part}-1ff32a09.s3.eu-central-1.amazonaws.com`,
    );
    const issuers = [
      'https://cognito-idp.eu-central-1.amazonaws.com',
      'https://labdeploy-dev-sign-in-1ff32a09.auth.eu-central-1.amazoncognito.com',
    ];
    expect(securityHeadersConfig).toMatchObject({
      contentSecurityPolicy: { contentSecurityPolicy: policyText(pagePolicy({ issuers, objects })), override: true },
      frameOptions: { frameOption: 'SAMEORIGIN', override: true },
      strictTransportSecurity: { accessControlMaxAgeSec: 31_536_000, override: true },
    });
    const policy = policyText(pagePolicy({ issuers, objects }));
    expect(policy).toContain(`connect-src 'self' ${[...issuers, ...objects].join(' ')};`);
    expect(policy).not.toMatch(/unsafe|\*/);
  });

  it.each([
    ['/', '/index.html'],
    ['/jobs/5a1b', '/index.html'],
    ['/jobs/v1.2', '/index.html'],
    ['/usage/', '/index.html'],
    ['/index.html', '/index.html'],
    ['/icon.svg', '/icon.svg'],
    ['/assets/main-1234.js', '/assets/main-1234.js'],
    ['/assets/missing', '/assets/missing'],
  ])('answers %s with %s', (uri, expected) => {
    const { code } = oneOf(graph, 'aws:cloudfront/function:Function');
    const handler = new Function(`${code as string}; return handler;`)() as (event: object) => { uri: string };
    expect(handler({ request: { uri } }).uri).toBe(expected);
  });

  it('is kept by browsers where its names tell its bytes', () => {
    const files = graph.of('aws:s3/bucketObjectv2:BucketObjectv2');
    expect(Object.values(files).map(({ key, contentType, cacheControl }) => [key, contentType, cacheControl])).toEqual([
      ['assets/main-1234.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
      ['icon.svg', 'image/svg+xml', 'no-cache'],
      ['index.html', 'text/html; charset=utf-8', 'no-cache'],
    ]);
  });

  it('may be another one too, for who works on it', async () => {
    const more = await graphOf({ origins: '["http://localhost:5173"]' });
    const both = ['https://d123.cloudfront.net', 'http://localhost:5173'];
    const cors = more.of('aws:s3/bucketCorsConfiguration:BucketCorsConfiguration')['labdeploy-inputs-pages'];
    expect(cors?.corsRules).toMatchObject([{ allowedOrigins: both }]);
    expect(more.of('aws:cognito/userPoolClient:UserPoolClient')['labdeploy-people-client-page']).toMatchObject({
      callbackUrls: both.flatMap((origin) => signedInPaths.map((path) => origin + path)),
      logoutUrls: both.map((origin) => `${origin}/`),
    });
  });
});

describe('the watch', () => {
  it('notifies one address of dead letters, of messages that wait, and of an API that fails', () => {
    const alarms = Object.values(graph.of('aws:cloudwatch/metricAlarm:MetricAlarm')).map((each) => [
      each.name,
      each.metricName,
      Object.values(each.dimensions as object).join(),
      each.threshold,
    ]);
    const dead = (part: string) => [
      `labdeploy-dev-${part}-dead`,
      'ApproximateNumberOfMessagesVisible',
      `labdeploy-dev-${part}-dead`,
      0,
    ];
    const waits = (part: string) => [
      `labdeploy-dev-${part}-waits`,
      'ApproximateAgeOfOldestMessage',
      `labdeploy-dev-${part}`,
      21_600,
    ];
    expect(alarms).toEqual([
      ['labdeploy-dev-api-fails', '5xx', 'labdeploy-dev-api-id', 5],
      dead('files'),
      waits('files'),
      dead('notices'),
      waits('notices'),
      dead('sweep'),
      dead('unzip'),
      waits('unzip'),
      dead('zips'),
      waits('zips'),
    ]);
    expect(oneOf(graph, 'aws:sns/topicSubscription:TopicSubscription')).toMatchObject({
      protocol: 'email',
      endpoint: 'lab@lab.example',
    });
    expect(oneOf(graph, 'aws:budgets/budget:Budget')).toMatchObject({
      name: 'labdeploy-dev-monthly-1ff32a09',
      limitAmount: '50.00',
      notifications: [
        { notificationType: 'ACTUAL', threshold: 80, subscriberEmailAddresses: ['lab@lab.example'] },
        { notificationType: 'FORECASTED', threshold: 100, subscriberEmailAddresses: ['lab@lab.example'] },
      ],
    });
  });

  it('costs nothing where no address is notified', async () => {
    const quiet = await graphOf();
    const watching = /metricAlarm|sns|budgets|dashboard/;
    expect(quiet.resources.filter(({ type }) => watching.test(type))).toEqual([]);
  });

  it('shows every queue and function on one dashboard where it is wanted', () => {
    expect(oneOf(graph, 'aws:cloudwatch/dashboard:Dashboard').dashboardName).toBe('labdeploy-dev-service-1ff32a09');
    const { widgets } = parsed(oneOf(graph, 'aws:cloudwatch/dashboard:Dashboard').dashboardBody) as {
      widgets: { properties: { title: string; metrics: string[][] } }[];
    };
    const shown = new Map(
      widgets.map(({ properties: { title, metrics } }) => [title, metrics.map((row) => row.at(-1))]),
    );
    const named = (names: string[]) => names.map((name) => `labdeploy-dev-${name}`);
    expect(shown.get('Dead letters')).toEqual(
      named(['unzip-dead', 'files-dead', 'zips-dead', 'notices-dead', 'sweep-dead']),
    );
    expect(shown.get('Errors')).toEqual(named(['unzip', 'predict', 'zip', 'notify', 'sweep', 'api']));
  });
});

it('everything that takes tags has that of the stack', () => {
  const without = graph.resources.filter(
    ({ type, inputs }) =>
      taggedTypes[type] === true && (inputs.tags as typeof tags | undefined)?.['labdeploy:stack'] !== 'dev',
  );
  expect(without).toEqual([]);
  expect(graph.resources.filter(({ inputs }) => inputs.tags !== undefined).length).toBeGreaterThan(40);
});
