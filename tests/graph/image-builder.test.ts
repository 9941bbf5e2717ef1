import { expect, it } from '@jest/globals';
import { usageOfIdleMonth } from '../../cli/deploy/cost/estimate.ts';
import { readConfig } from '../../infra/config.ts';
import { violations } from '../../policies/pack/rules.ts';
import { graphOf } from '../support/graph.ts';

const types = [
  'aws:codebuild/project:Project',
  'aws:ecr/repository:Repository',
  'aws:ecr/lifecyclePolicy:LifecyclePolicy',
];
const tags = { 'labdeploy:stack': 'dev', 'labdeploy:deployment': 'labdeploy/dev/123456789012/eu-central-1' };
const project = 'labdeploy-dev-builds';
const repository = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/labdeploy-dev-models';

it('a stack has no builder of images unless its setting containers says so', async () => {
  const { resources, outputs } = await graphOf();
  expect(resources.filter(({ type, name }) => types.includes(type) || name.includes('builds'))).toEqual([]);
  expect(outputs).not.toHaveProperty('builds');
});

it('containers adds one project, one repository of few images and what they need, and changes nothing else', async () => {
  const without = await graphOf();
  const graph = await graphOf({ containers: 'true' });
  const key = ({ type, name }: { type: string; name: string }) => `${type} ${name}`;
  const before = new Map(without.resources.map((each) => [key(each), JSON.stringify(each)]));
  expect(
    graph.resources
      .filter((each) => before.get(key(each)) !== JSON.stringify(each))
      .map(key)
      .sort(),
  ).toEqual([
    'aws:cloudwatch/eventRule:EventRule labdeploy-builds-events-builds',
    'aws:cloudwatch/eventRule:EventRule labdeploy-builds-events-sources',
    'aws:cloudwatch/eventTarget:EventTarget labdeploy-builds-events-builds-target',
    'aws:cloudwatch/eventTarget:EventTarget labdeploy-builds-events-sources-target',
    'aws:cloudwatch/logGroup:LogGroup labdeploy-builds-log',
    'aws:codebuild/project:Project labdeploy-builds',
    'aws:ecr/lifecyclePolicy:LifecyclePolicy labdeploy-builds-images-lifecycle',
    'aws:ecr/repository:Repository labdeploy-builds-images',
    'aws:iam/role:Role labdeploy-builds-role',
    'aws:iam/rolePolicy:RolePolicy labdeploy-builds-permissions',
    'aws:iam/rolePolicy:RolePolicy labdeploy-sweep-function-permissions',
    'aws:lambda/function:Function labdeploy-predict-function',
    'aws:lambda/function:Function labdeploy-sweep-function',
    'aws:lambda/permission:Permission labdeploy-builds-events-builds-permission',
    'aws:lambda/permission:Permission labdeploy-builds-events-sources-permission',
    'aws:s3/bucketNotification:BucketNotification labdeploy-builds-events-announces',
    'labdeploy:part:BuildEvents labdeploy-builds-events',
    'labdeploy:part:ImageBuilder labdeploy-builds',
  ]);
  expect(graph.outputs.builds).toEqual({ project, repository });
  expect(graph.of(types[1]!)['labdeploy-builds-images']).toEqual({
    name: 'labdeploy-dev-models',
    imageTagMutability: 'IMMUTABLE',
    imageScanningConfiguration: { scanOnPush: true },
    encryptionConfigurations: [{ encryptionType: 'AES256' }],
    forceDelete: true,
    tags,
  });
  expect(JSON.parse(graph.of(types[2]!)['labdeploy-builds-images-lifecycle']!.policy as string)).toMatchObject({
    rules: [{ selection: { countType: 'imageCountMoreThan', countNumber: 20 }, action: { type: 'expire' } }],
  });
  expect(graph.of(types[0]!)['labdeploy-builds']).toMatchObject({
    name: project,
    source: { type: 'S3', location: 'labdeploy-dev-models-1ff32a09/sources/', buildspec: expect.any(String) },
    artifacts: { type: 'NO_ARTIFACTS' },
    environment: { privilegedMode: true, environmentVariables: [{ name: 'REPOSITORY', value: repository }, {}] },
    logsConfig: { cloudwatchLogs: { status: 'ENABLED', groupName: `/aws/codebuild/${project}` } },
    buildTimeout: 60,
    tags,
  });
});

it('events of builds, and sources that arrive, start sweep, and nothing else may by these rules', async () => {
  const graph = await graphOf({ containers: 'true' });
  const rules = graph.of('aws:cloudwatch/eventRule:EventRule');
  const patternOf = (name: string) => JSON.parse(rules[`labdeploy-builds-events-${name}`]!.eventPattern as string);
  expect(patternOf('builds')).toEqual({
    source: ['aws.codebuild'],
    'detail-type': ['CodeBuild Build State Change', 'CodeBuild Build Phase Change'],
    detail: { 'project-name': [project] },
  });
  expect(patternOf('sources')).toEqual({
    source: ['aws.s3'],
    'detail-type': ['Object Created'],
    detail: { bucket: { name: ['labdeploy-dev-models-1ff32a09'] }, object: { key: [{ prefix: 'sources/' }] } },
  });
  const targets = Object.values(graph.of('aws:cloudwatch/eventTarget:EventTarget'));
  const permissions = Object.entries(graph.of('aws:lambda/permission:Permission')).filter(([name]) =>
    name.includes('builds-events'),
  );
  expect(targets.map(({ arn }) => arn)).toEqual([expect.stringMatching(/sweep/), expect.stringMatching(/sweep/)]);
  expect(permissions.map(([, { principal, function: of }]) => [principal, of])).toEqual([
    ['events.amazonaws.com', 'labdeploy-dev-sweep'],
    ['events.amazonaws.com', 'labdeploy-dev-sweep'],
  ]);
});

it('sweep alone may build, in this project, and is told where; predict is told that images are built', async () => {
  const graph = await graphOf({ containers: 'true' });
  const here = 'eu-central-1:123456789012';
  const statements = Object.entries(graph.of('aws:iam/rolePolicy:RolePolicy')).flatMap(([name, { policy }]) =>
    (JSON.parse(policy as string) as { Statement: { Action: string[]; Resource: string[] }[] }).Statement.filter(
      ({ Action }) => /codebuild:|ecr:DescribeImages|logs:GetLogEvents/.test(String(Action)),
    ).map(({ Action, Resource }) => [name, Action, Resource]),
  );
  expect(statements.filter(([name]) => name !== 'labdeploy-builds-permissions')).toEqual([
    [
      'labdeploy-sweep-function-permissions',
      ['codebuild:BatchGetBuilds', 'codebuild:ListBuildsForProject', 'codebuild:StartBuild'],
      [`arn:aws:codebuild:${here}:project/${project}`],
    ],
    [
      'labdeploy-sweep-function-permissions',
      ['ecr:DescribeImages'],
      [`arn:aws:ecr:${here}:repository/labdeploy-dev-models`],
    ],
    [
      'labdeploy-sweep-function-permissions',
      ['logs:GetLogEvents'],
      [`arn:aws:logs:${here}:log-group:/aws/codebuild/${project}:*`],
    ],
  ]);
  const told = Object.entries(graph.of('aws:lambda/function:Function')).flatMap(([name, { environment }]) => {
    const { LABDEPLOY_BUILDS: place } = (environment as { variables: Record<string, string> }).variables;
    return place === undefined ? [] : [[name, JSON.parse(place)]];
  });
  const place = { project, repository, bucket: 'labdeploy-dev-models-1ff32a09' };
  expect(told).toEqual([
    ['labdeploy-predict-function', place],
    ['labdeploy-sweep-function', place],
  ]);
});

it('costs nothing more in a month in which nothing is built but the look of each round of sweep', async () => {
  const [off, on] = [{}, { containers: 'true' }].map((settings) => usageOfIdleMonth(readConfig(settings)));
  expect({ ...on, tableReads: off!.tableReads }).toEqual(off);
  expect(on!.tableReads! - off!.tableReads!).toBe(8760); // at 0.125 USD a million: a tenth of a cent
});

it('a Dockerfile, which is foreign code, can read sources, push to one repository and write one log', async () => {
  const graph = await graphOf({ containers: 'true' });
  const { policy } = graph.of('aws:iam/rolePolicy:RolePolicy')['labdeploy-builds-permissions']!;
  const { Statement } = JSON.parse(policy as string) as { Statement: { Action: string[]; Resource: string[] }[] };
  const here = 'eu-central-1:123456789012';
  expect(Object.fromEntries(Statement.map(({ Action, Resource }) => [String(Resource), Action]))).toEqual({
    'arn:aws:s3:::labdeploy-dev-models-1ff32a09/sources/*': ['s3:GetObject'],
    [`arn:aws:ecr:${here}:repository/labdeploy-dev-models`]: [
      ...['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:CompleteLayerUpload', 'ecr:DescribeImages'],
      ...['ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart'],
    ],
    '*': ['ecr:GetAuthorizationToken'],
    [`arn:aws:logs:${here}:log-group:/aws/codebuild/${project}:*`]: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  });
});

it('the policy pack finds nothing against a stack that builds images', async () => {
  const { resources } = await graphOf({ containers: 'true' });
  expect(violations(resources.map(({ type, name, inputs }) => ({ type, name, props: inputs })))).toEqual([]);
});
