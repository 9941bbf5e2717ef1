import { describe, expect, it } from '@jest/globals';
import { api } from '../../functions/api/descriptor.ts';
import { broker } from '../../functions/broker/descriptor.ts';
import { buckets } from '../../functions/core/object-keys.ts';
import { large } from '../../functions/stages/large/descriptor.ts';
import { stages as allStages, queueNames } from '../../functions/stages/stages.ts';
import { preSignUp } from '../../functions/triggers/pre-sign-up/descriptor.ts';
import {
  accessStatements,
  feedStatement,
  pullStatements,
  runtimeStatements,
  traceStatement,
} from '../../policies/access-statements.ts';
import { boundaryArn, boundaryStatements, sendersIn } from '../../policies/boundary.ts';
import { deployerStatements } from '../../policies/deployer.ts';
import { imageBuilderStatements } from '../../policies/image-builder.ts';
import { endpointStatements } from '../../policies/model-endpoint.ts';
import { policyDocument, type Statement } from '../../policies/statement.ts';

const scope = { partition: 'aws', account: '123456789012', baseName: 'labdeploy' };
const longest = { ...scope, baseName: 'a-base-name-of-thirty-letters-' };
/** Characters of a managed policy, blanks not counted (IAM quotas). */
const policyCharacters = 6144;

const matches = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  ).test(text);

describe.each<[string, Statement[]]>([
  ['the boundary of roles', boundaryStatements(longest)],
  ['what the deployer may do', deployerStatements(longest)],
])('%s', (_, statements) => {
  it('names every action, with a reason and an id of its own', () => {
    expect(new Set(statements.map(({ id }) => id)).size).toBe(statements.length);
    for (const { id, actions, why } of statements) {
      expect(id).toMatch(/^[A-Za-z0-9]+$/);
      expect(why.length).toBeGreaterThan(10);
      expect(actions.filter((action) => !/^[a-z0-9-]+:[A-Za-z0-9]+$/.test(action))).toEqual([]);
      expect(actions).toEqual([...new Set(actions)]);
    }
  });

  it('has no row that is longer than a managed policy', () => {
    for (const each of statements) {
      expect(JSON.stringify(policyDocument([each])).length).toBeLessThanOrEqual(policyCharacters);
    }
  });
});

describe('the boundary of roles', () => {
  const stack = 'arn:aws:s3:::labdeploy-dev';
  const arn = (service: string, resource: string) => `arn:aws:${service}:eu-central-1:123456789012:${resource}`;
  const arns = {
    buckets: Object.fromEntries(buckets.map((bucket) => [bucket, `${stack}-${bucket}`])),
    queues: Object.fromEntries(queueNames.map((queue) => [queue, arn('sqs', `labdeploy-dev-${queue}`)])),
    deadLetters: Object.fromEntries(queueNames.map((queue) => [queue, arn('sqs', `labdeploy-dev-${queue}-dead`)])),
    table: arn('dynamodb', 'table/labdeploy-dev-jobs'),
    userPool: arn('cognito-idp', 'userpool/eu-central-1_abc'),
    mail: { from: 'jobs@lab.example', on: [arn('ses', 'identity/*'), arn('ses', 'configuration-set/*')] },
    noticeTopic: arn('sns', 'labdeploy-notices'),
    billing: arn('ssm', 'parameter/labdeploy/billing/dev'),
    broker: arn('ssm', 'parameter/labdeploy/broker/dev'),
    federated: {
      pools: arn('cognito-idp', 'userpool/*'),
      tag: ['labdeploy:deployment', 'labdeploy/dev'] as [string, string],
    },
    endpoint: arn('sagemaker', 'endpoint/labdeploy-dev-endpoint'),
    builds: {
      project: arn('codebuild', 'project/labdeploy-dev-builds'),
      repository: arn('ecr', 'repository/labdeploy-dev-models'),
      log: arn('logs', 'log-group:/aws/codebuild/labdeploy-dev-builds:*'),
    },
    fleet: {
      queue: arn('sqs', 'labdeploy-dev-large'),
      deadLetters: arn('sqs', 'labdeploy-dev-large-dead'),
      jobQueue: arn('batch', 'job-queue/labdeploy-dev-large'),
      jobDefinition: arn('batch', 'job-definition/labdeploy-dev-large'),
    },
  };
  const queues = { ...arns.queues, large: arns.fleet.queue };
  const used = [
    ...[api, broker, ...allStages, large, preSignUp].flatMap((each) => accessStatements(each, { ...arns, queues })),
    ...pullStatements('123456789012.dkr.ecr.eu-central-1.amazonaws.com/labdeploy:1'),
    ...runtimeStatements(arn('logs', 'log-group:/aws/lambda/labdeploy-dev-zip')),
    ...imageBuilderStatements({
      repository: arn('ecr', 'repository/labdeploy-dev-models'),
      sources: 'arn:aws:s3:::labdeploy-dev-models/sources/*',
      log: arn('logs', 'log-group:/aws/codebuild/labdeploy-dev-builds:*'),
    }),
    ...endpointStatements({
      image: `123456789012.dkr.ecr.eu-central-1.amazonaws.com/labdeploy-dev-models@sha256:${'ab'.repeat(32)}`,
      results: 'arn:aws:s3:::labdeploy-dev-results',
      topic: arn('sns', 'labdeploy-dev-answers'),
      log: arn('logs', 'log-group:/aws/sagemaker/Endpoints/labdeploy-dev-endpoint'),
    }),
    feedStatement(arns.queues.files!),
    traceStatement,
    { id: 'x', why: '', actions: ['lambda:InvokeFunction'], on: [arn('lambda', 'function:labdeploy-dev-sweep')] },
  ];
  const bounds = boundaryStatements(scope);

  it('fits into one managed policy', () => {
    expect(JSON.stringify(policyDocument(boundaryStatements(longest))).length).toBeLessThanOrEqual(policyCharacters);
  });

  it('holds everything that any role of a stack is allowed', () => {
    const outside = used.flatMap(({ actions, on }) =>
      actions.flatMap((action) =>
        on
          .filter((each) => !bounds.some((row) => row.actions.includes(action) && row.on.some((p) => matches(p, each))))
          .map((each) => `${action} ${each}`),
      ),
    );
    expect(outside).toEqual([]);
  });

  it('holds no action that no role is allowed', () => {
    const allowed = new Set(used.flatMap(({ actions }) => actions));
    expect(bounds.flatMap(({ actions }) => actions).filter((action) => !allowed.has(action))).toEqual([]);
  });

  it('limits mail to the senders that it is given, and shows them again', () => {
    expect(sendersIn(policyDocument(bounds))).toBeUndefined();
    const senders = ['*@lab.example', 'jobs@other.example'];
    const limited = policyDocument(boundaryStatements({ ...scope, senders }));
    expect(limited.Statement.find(({ Sid }) => Sid === 'Mail')?.Condition).toEqual({
      StringLike: { 'ses:FromAddress': senders },
    });
    expect(sendersIn(limited)).toEqual(senders);
  });

  it('keeps roles away from what is not of a stack', () => {
    const reach = (action: string, on: string) =>
      bounds.some((row) => row.actions.includes(action) && row.on.some((pattern) => matches(pattern, on)));
    expect(reach('s3:GetObject', 'arn:aws:s3:::labdeploy-dev-inputs/a.tif')).toBe(true);
    expect(reach('s3:GetObject', 'arn:aws:s3:::payroll/a.csv')).toBe(false);
    expect(reach('dynamodb:GetItem', arn('dynamodb', 'table/payroll'))).toBe(false);
    expect(reach('iam:CreateRole', 'arn:aws:iam::123456789012:role/labdeploy-dev-api')).toBe(false);
  });
});

describe('what the deployer may do', () => {
  const statements = deployerStatements(scope);

  it('use the one state of the account, whatever the base name', () => {
    const allowed = (baseName: string, action: string, on: string) =>
      deployerStatements({ ...scope, baseName }).some(
        (row) => row.actions.includes(action) && row.on.some((pattern) => matches(pattern, on)),
      );
    const state = 'arn:aws:s3:::labdeploy-state-123456789012-eu-central-1';
    const passphrase = 'arn:aws:ssm:eu-central-1:123456789012:parameter/labdeploy/state/passphrase';
    for (const baseName of ['labdeploy', 'neuro']) {
      expect(allowed(baseName, 's3:CreateBucket', state)).toBe(true);
      expect(allowed(baseName, 's3:GetObject', `${state}/.pulumi/stacks/labdeploy/dev.json`)).toBe(true);
      expect(allowed(baseName, 'ssm:GetParameter', passphrase)).toBe(true);
      expect(allowed(baseName, 's3:CreateBucket', `arn:aws:s3:::${baseName}-dev-inputs-1ff32a09`)).toBe(true);
    }
    expect(allowed('neuro', 's3:GetObject', 'arn:aws:s3:::labdeploy-dev-inputs-1ff32a09/a.tif')).toBe(false);
    expect(allowed('labdeploy', 's3:CreateBucket', 'arn:aws:s3:::neuro-dev-inputs-1ff32a09')).toBe(false);
  });

  it('name labdeploy in every resource, but for services that name things themselves', () => {
    const services = statements
      .flatMap(({ on }) => on)
      .filter((resource) => !resource.includes('labdeploy'))
      .map((resource) => (resource === '*' ? '*' : resource.split(':').slice(2).join(':')));
    expect([...new Set(services)].sort()).toEqual([
      '*',
      'apigateway:*::/apis',
      'apigateway:*::/apis/*',
      'apigateway:*::/apis/*/*',
      'apigateway:*::/tags/*',
      'application-autoscaling:*:123456789012:scalable-target/*',
      'batch:*:123456789012:job/*',
      'cloudfront::123456789012:distribution/*',
      'cloudfront::123456789012:origin-access-control/*',
      'cloudfront::123456789012:response-headers-policy/*',
      'cognito-idp:*:123456789012:userpool/*',
      'ec2:*:123456789012:internet-gateway/*',
      'ec2:*:123456789012:route-table/*',
      'ec2:*:123456789012:security-group-rule/*',
      'ec2:*:123456789012:security-group/*',
      'ec2:*:123456789012:subnet/*',
      'ec2:*:123456789012:vpc-endpoint/*',
      'ec2:*:123456789012:vpc/*',
      'iam::123456789012:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch',
      'iam::123456789012:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint',
      'lambda:*:123456789012:event-source-mapping:*',
    ]);
  });

  it('allow nothing on every resource but reading, log deliveries, what has no ARN yet, and what a condition limits', () => {
    const anywhere = statements.filter(({ on, conditions }) => on.includes('*') && conditions === undefined);
    const actions = anywhere.flatMap((each) => each.actions).filter((action) => !/:(Get|List|Describe)/.test(action));
    expect(actions.sort()).toEqual([
      'cloudfront:CreateFunction',
      'cloudfront:CreateOriginAccessControl',
      'cloudfront:CreateResponseHeadersPolicy',
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
    ]);
  });

  it('make and change roles under the boundary only, and never lift it', () => {
    const bounded = { StringEquals: { 'iam:PermissionsBoundary': boundaryArn(scope) } };
    const making = [
      ...['iam:CreateRole', 'iam:PutRolePolicy', 'iam:PutRolePermissionsBoundary', 'iam:AttachRolePolicy'],
      ...['iam:DeleteRole', 'iam:DeleteRolePolicy', 'iam:UpdateAssumeRolePolicy', 'iam:UpdateRole'],
      'iam:UpdateRoleDescription',
    ];
    const lifting = [
      'iam:DeleteRolePermissionsBoundary',
      'iam:CreatePolicyVersion',
      'iam:CreateUser',
      'iam:AttachUserPolicy',
    ];
    for (const { actions, conditions } of statements) {
      if (actions.some((action) => making.includes(action))) expect(conditions).toEqual(bounded);
      expect(actions.filter((action) => lifting.includes(action))).toEqual([]);
    }
  });
});
