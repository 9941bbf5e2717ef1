import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { machineSizes } from '../../functions/core/machine-sizes.ts';
import { machineStage } from '../../functions/stages/large/descriptor.ts';
import {
  accessStatements,
  feedStatement,
  pullStatements,
  runtimeStatements,
} from '../../policies/access-statements.ts';
import { policyDocument, type Statement } from '../../policies/statement.ts';
import { featuresOf } from '../features.ts';
import type { FleetNames } from '../fleet-names.ts';
import type { StackContext } from '../stack-context.ts';
import { environmentOf, resourceArns, type StackResources } from '../stack-resources.ts';
import { trustedService } from '../trusted-service.ts';
import { FleetNetwork } from './fleet-network.ts';

export interface FleetArgs {
  context: StackContext;
  resources: StackResources;
  names: FleetNames;
}

const largest = machineSizes.at(-1)!;
const gigabytes = 100;
const daySeconds = 24 * 3600;

/**
 * The machines that work on large images: jobs of AWS Batch on Fargate Spot, each of which ends by itself. While no image
 * waits there is none, and nothing of this costs anything.
 */
export class Fleet extends pulumi.ComponentResource {
  constructor(name: string, args: FleetArgs, opts?: pulumi.ComponentResourceOptions) {
    super('labdeploy:part:Fleet', name, {}, opts);
    const childOpts = { parent: this };
    const { context, names } = args;
    const network = new FleetNetwork(`${name}-network`, { context }, childOpts);
    const environment = new aws.batch.ComputeEnvironment(
      `${name}-environment`,
      {
        name: context.name('large', 'computeEnvironment'),
        type: 'MANAGED',
        computeResources: {
          type: 'FARGATE_SPOT',
          maxVcpus: context.config.largeMachines * largest.vcpus,
          subnets: network.subnets,
          securityGroupIds: [network.group],
        },
      },
      childOpts,
    );
    new aws.batch.JobQueue(
      `${name}-jobs`,
      {
        name: context.name('large', 'jobQueue'),
        state: 'ENABLED',
        priority: 1,
        computeEnvironmentOrders: [{ order: 1, computeEnvironment: environment.arn }],
      },
      childOpts,
    );
    const log = new aws.cloudwatch.LogGroup(
      `${name}-log`,
      { name: names.logGroup, retentionInDays: context.config.logRetentionDays },
      childOpts,
    );
    const works = role(`${name}-role`, { context, part: 'large', statements: workStatements(args) }, childOpts);
    const starts = role(
      `${name}-start-role`,
      {
        context,
        part: 'large-start',
        statements: log.arn.apply((arn) => startStatements(arn, context.config.largeImage!)),
      },
      childOpts,
    );
    new aws.batch.JobDefinition(
      `${name}-worker`,
      {
        name: context.name('large', 'jobDefinition'),
        type: 'container',
        platformCapabilities: ['FARGATE'],
        propagateTags: true,
        retryStrategy: {
          attempts: 3,
          evaluateOnExits: [
            { action: 'RETRY', onStatusReason: 'Host EC2*' },
            { action: 'RETRY', onStatusReason: 'Your Spot*' }, // taken back by AWS: its image waits in the queue
            { action: 'EXIT', onReason: '*' },
          ],
        },
        timeout: { attemptDurationSeconds: daySeconds },
        containerProperties: containerOf(args, { works, starts, log }),
      },
      childOpts,
    );
    this.registerOutputs({});
  }
}

interface Parts {
  works: pulumi.Output<string>;
  starts: pulumi.Output<string>;
  log: aws.cloudwatch.LogGroup;
}

/** What a machine runs. Whoever starts one says its size. */
function containerOf({ context, resources }: FleetArgs, { works, starts, log }: Parts): pulumi.Output<string> {
  const variables = { LABDEPLOY_MODEL: context.config.model, ...environmentOf(stageOf(context), resources) };
  const smallest = machineSizes[0];
  return pulumi.jsonStringify({
    image: context.config.largeImage,
    command: ['worker', '--json'],
    jobRoleArn: works,
    executionRoleArn: starts,
    resourceRequirements: [
      { type: 'VCPU', value: String(smallest.vcpus) },
      { type: 'MEMORY', value: String(smallest.memoryMb) },
    ],
    ephemeralStorage: { sizeInGiB: gigabytes },
    networkConfiguration: { assignPublicIp: 'ENABLED' }, // the way out; nothing comes in
    fargatePlatformConfiguration: { platformVersion: 'LATEST' },
    environment: Object.entries(variables)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([variable, value]) => ({ name: variable, value })),
    logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': log.name } },
  });
}

const stageOf = ({ config }: StackContext) => machineStage(featuresOf(config).has('teaching'));

const workStatements = ({ context, resources }: FleetArgs): pulumi.Output<Statement[]> =>
  resourceArns(resources).apply((arns) => [
    ...accessStatements(stageOf(context), arns),
    feedStatement(resources.queues.large!.arn),
  ]);

/** Of Fargate, which fetches the image and writes what the worker says. */
const startStatements = (logGroup: string, image: string): Statement[] => [
  ...runtimeStatements(logGroup),
  ...pullStatements(image),
];

/** A role that a task of this account may take. Returns its ARN, once it may do what it must. */
function role(
  name: string,
  { context, part, statements }: { context: StackContext; part: string; statements: pulumi.Output<Statement[]> },
  childOpts: pulumi.ComponentResourceOptions,
): pulumi.Output<string> {
  const { permissionsBoundary } = context.config;
  const made = new aws.iam.Role(
    name,
    {
      name: context.worldName(part, 'role'),
      description: `What ${part} of the labdeploy stack ${context.stack} may do`,
      assumeRolePolicy: trustedService('ecs-tasks.amazonaws.com', context.account),
      ...(permissionsBoundary !== undefined && { permissionsBoundary }),
    },
    childOpts,
  );
  const policy = new aws.iam.RolePolicy(
    `${name}-permissions`,
    { name: 'access', role: made.name, policy: pulumi.jsonStringify(statements.apply(policyDocument)) },
    childOpts,
  );
  return pulumi.all([made.arn, policy.id]).apply(([arn]) => arn);
}
