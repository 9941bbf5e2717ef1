import { beforeAll, describe, expect, it } from '@jest/globals';
import type { CommandContext } from '../../cli/context.ts';
import { discardable, settingOf, statefulTypes } from '../../cli/deploy/stateful.ts';
import { buildProgram } from '../../cli/program.ts';
import { configKeys } from '../../infra/config.ts';
import { type Graph, graphOf } from '../support/graph.ts';

/**
 * Properties that AWS cannot change of what is there, so that the provider makes the resource anew. Source: `ForceNew` of
 * aws_s3_bucket, aws_dynamodb_table, aws_cognito_user_pool and aws_ecr_repository in the Terraform AWS provider 5.100, of those
 * that are used.
 */
const fixed: Readonly<Record<string, readonly string[]>> = {
  'aws:s3/bucket:Bucket': ['bucket'],
  'aws:dynamodb/table:Table': ['name', 'hashKey', 'rangeKey', 'localSecondaryIndexes'],
  'aws:ecr/repository:Repository': ['name', 'encryptionConfigurations'],
  'aws:cognito/userPool:UserPool': ['name', 'aliasAttributes', 'usernameAttributes', 'usernameConfiguration'],
};

/** Types that hold nothing of a lab's: settings, programs, and what is made again from them; work that waits is named by its queue. */
const holdNone = new RegExp(
  [
    '^aws:(apigatewayv2|appautoscaling|batch|budgets|cloudfront|cloudwatch|codebuild|ec2|iam|lambda|sagemaker|scheduler|sns|sqs)/',
    '^aws:cognito/(identityProvider|managedLoginBranding|userGroup|userPoolClient|userPoolDomain):',
    '^aws:(ecr/lifecyclePolicy:|s3/bucket[A-Z])', // of a repository; of a bucket, and the objects of page and code
  ].join('|'),
);

const imageInEcr = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/labdeploy-dev-models';

const certificate = 'arn:aws:acm:us-east-1:123456789012:certificate/4c0f-11';

/** Another good value of every setting, with what it needs. */
const others: Readonly<Record<string, Record<string, string>>> = {
  baseName: { baseName: 'neuro' },
  model: { model: 'other' },
  retentionDays: { retentionDays: '20' },
  inputDays: { inputDays: '3' },
  plans: {
    plans: JSON.stringify({
      standard: {
        ...{ jobsAtOnce: 1, jobsPerDay: 2, filesPerJob: 3, bytesPerFile: 4, bytesPerArchive: 5, bytesPerDay: 6 },
        rate: { perSecond: 0.5, burst: 7 },
      },
    }),
  },
  archiving: { archiving: 'true' },
  billing: { archiving: 'true', billing: 'true' },
  signUp: { signUp: 'open' },
  allowedDomains: { signUp: 'domains', allowedDomains: '["lab.example"]' },
  secondFactor: { secondFactor: 'required' },
  signInPages: { signInPages: 'managed' },
  alarmEmail: { alarmEmail: 'it@lab.example' },
  dashboard: { dashboard: 'true' },
  monthlyBudget: { monthlyBudget: '80' },
  memory: { memory: '2048' },
  architecture: { architecture: 'arm64' },
  runtime: { runtime: 'nodejs22.x' },
  maximumConcurrency: { maximumConcurrency: '5' },
  functionsAtOnce: { functionsAtOnce: '10' },
  large: { large: 'cpu', largeImage: 'registry.lab.example/labdeploy:1' },
  largeImage: { largeImage: 'registry.lab.example/labdeploy:2' },
  largeMachines: { largeMachines: '2' },
  teach: { teach: 'pixels', large: 'cpu', largeImage: 'registry.lab.example/labdeploy:1' },
  largeMonthlyLimit: { largeMonthlyLimit: '5' },
  endpoint: { endpoint: 'sagemaker', endpointImage: `${imageInEcr}@sha256:${'ab'.repeat(32)}` },
  endpointImage: { endpointImage: `${imageInEcr}@sha256:${'cd'.repeat(32)}` },
  endpointMachine: { endpointMachine: 'ml.g4dn.xlarge' },
  endpointMachines: { endpointMachines: '2' },
  protectData: { protectData: 'true' },
  mailFrom: { mailFrom: 'jobs@lab.example' },
  noticeTopic: { noticeTopic: 'arn:aws:sns:eu-central-1:123456789012:labdeploy-notices' },
  publicLinks: { publicLinks: 'true' },
  pageDomain: { pageDomain: 'segment.lab.example', pageCertificate: certificate },
  pageCertificate: { pageCertificate: `${certificate}-renewed` },
  origins: { origins: '["https://page.lab.example"]' },
  signInWith: { signInWith: '[{"name":"Uni","issuer":"https://uni.example","clientId":"lab"}]' },
  gallery: { gallery: 'people' },
  recipes: { gallery: 'people', recipes: '["selfie.yaml"]' },
  usualRecipe: { gallery: 'people', usualRecipe: 'selfie' },
  pictureContainers: { gallery: 'people', pictureContainers: '{"facechain":"https://gpu.lab.example"}' },
  containers: { containers: 'true' },
  logRetentionDays: { logRetentionDays: '14' },
  tracing: { tracing: 'true' },
  permissionsBoundary: { permissionsBoundary: 'arn:aws:iam::123456789012:policy/labdeploy-boundary' },
};

/** What is fixed of each stateful resource, by type and name. */
const fixedOf = (graph: Graph): Record<string, Record<string, unknown>> =>
  Object.fromEntries(
    graph.resources.flatMap(({ type, name, inputs }) =>
      type in fixed ? [[`${type} ${name}`, Object.fromEntries(fixed[type]!.map((key) => [key, inputs[key]]))]] : [],
    ),
  );

/** Those that feed a stage: of the others its dead letters are. */
const queuesOf = (graph: Graph): string[] =>
  Object.keys(graph.of('aws:sqs/queue:Queue')).flatMap((name) =>
    name.endsWith('-dead') ? [] : [`aws:sqs/queue:Queue ${name}`],
  );

describe('a setting and what holds data', () => {
  let without: Graph;
  let before: Record<string, Record<string, unknown>>;
  beforeAll(async () => {
    without = await graphOf();
    before = fixedOf(without);
  });

  it('are all looked at: every setting, and every type that holds data', () => {
    expect(Object.keys(others).sort()).toEqual([...configKeys].sort());
    expect(Object.keys(fixed).sort()).toEqual([...statefulTypes].sort());
    expect(Object.keys(before).length).toBe(8); // four of images, that of models, that of the page, the table, the pool
  });

  /** Names of stateful resources that the engine would make anew, or remove. */
  const replacedIn = (graph: Graph): string[] => {
    const after = fixedOf(graph);
    return Object.keys(before).filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]));
  };

  /** The settings that hold data or work in resources which are not there without them; undefined: one that no setting names. */
  const holdingIn = (graph: Graph): (string | undefined)[] => {
    const known = [...Object.keys(before), ...queuesOf(without)];
    const added = [...Object.keys(fixedOf(graph)), ...queuesOf(graph)].filter((name) => !known.includes(name));
    return [
      ...new Set(added.map((name) => settingOf(`urn:pulumi:dev::labdeploy::x$${name.replace(' ', '::')}`))),
    ].sort();
  };

  it('every setting but baseName and open sign-up, at once replaces none of it, and what holds more is named', async () => {
    const { baseName: _, signUp: __, ...rest } = others;
    const graph = await graphOf(Object.assign({}, ...Object.values(rest)) as Record<string, string>);
    expect(replacedIn(graph)).toEqual([]);
    expect(holdingIn(graph)).toStrictEqual([...discardable].sort()); // what up lets go only where it is named
    const types = new Set(graph.resources.map(({ type }) => type).filter((type) => type.startsWith('aws:')));
    expect([...types].filter((type) => !(type in fixed) && !holdNone.test(type))).toEqual([]);
  });

  it('open sign-up replaces none of it, and holds no more', async () => {
    const graph = await graphOf(others.signUp);
    expect(replacedIn(graph)).toEqual([]);
    expect(holdingIn(graph)).toStrictEqual([]);
  });

  it('baseName replaces all of it, which up refuses', async () => {
    expect(replacedIn(await graphOf(others.baseName))).toEqual(Object.keys(before));
  });

  it('are asked about by up, which takes each of them with --discard', () => {
    const up = buildProgram({} as CommandContext).commands.find((command) => command.name() === 'up')!;
    const discard = up.options.find(({ long }) => long === '--discard');
    expect(discard?.argChoices).toEqual([...discardable]);
  });
});
