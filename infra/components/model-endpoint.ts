import { createHash } from 'node:crypto';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { answersPrefix } from '../../functions/core/object-keys.ts';
import { endpointStatements } from '../../policies/model-endpoint.ts';
import { policyDocument } from '../../policies/statement.ts';
import { answersTopic, type EndpointNames } from '../endpoint-names.ts';
import type { StackContext } from '../stack-context.ts';
import { trustedService } from '../trusted-service.ts';
import { EndpointScaling } from './endpoint-scaling.ts';
import type { WorkQueue } from './work-queue.ts';

export interface ModelEndpointArgs {
  context: StackContext;
  names: EndpointNames;
  /** Where requests and answers are. */
  results: { name: pulumi.Input<string>; arn: string };
  /** Where its answers are told of. */
  answers: WorkQueue;
}

/** Seconds until a container answers /ping, which loads its weights: as labdeploy's own `startSeconds` at most may say. */
const startSeconds = 3600;

/**
 * A model in a container of the lab's own, as an asynchronous endpoint of SageMaker: what it is asked and what it answers
 * lies in S3, and while it is asked nothing it has no machine.
 */
export class ModelEndpoint extends pulumi.ComponentResource {
  constructor(name: string, args: ModelEndpointArgs, opts?: pulumi.ComponentResourceOptions) {
    super('labdeploy:part:ModelEndpoint', name, {}, opts);
    const childOpts = { parent: this };
    const { context, names, results, answers } = args;
    const { image, name: endpointName } = names.environment;
    const log = new aws.cloudwatch.LogGroup(
      `${name}-log`,
      {
        name: `/aws/sagemaker/Endpoints/${endpointName}`,
        retentionInDays: context.config.logRetentionDays,
      },
      childOpts,
    );
    const topic = new aws.sns.Topic(`${name}-answers`, { name: answersTopic(context) }, childOpts);
    new aws.sns.TopicSubscription(
      `${name}-answers-queue`,
      { topic: topic.arn, protocol: 'sqs', endpoint: answers.queue.arn, rawMessageDelivery: true },
      childOpts,
    );
    const role = makeRole(name, args, childOpts);
    const made = digestOf([image, context.config.endpointMachine]);
    const model = new aws.sagemaker.Model(
      `${name}-model`,
      {
        name: context.name(`endpoint-${made}`, 'model'),
        executionRoleArn: role,
        primaryContainer: { image },
      },
      childOpts,
    );
    const configuration = new aws.sagemaker.EndpointConfiguration(
      `${name}-configuration`,
      {
        name: context.name(`endpoint-${made}`, 'endpointConfiguration'),
        productionVariants: [
          {
            variantName: variant,
            modelName: model.name,
            instanceType: context.config.endpointMachine,
            initialInstanceCount: 1, // SageMaker takes no fewer; it goes when nothing is asked
            containerStartupHealthCheckTimeoutInSeconds: startSeconds,
          },
        ],
        asyncInferenceConfig: {
          clientConfig: { maxConcurrentInvocationsPerInstance: 1 }, // else SageMaker chooses, and memory is full
          outputConfig: {
            s3OutputPath: pulumi.interpolate`s3://${results.name}/${answersPrefix}`,
            s3FailurePath: pulumi.interpolate`s3://${results.name}/${answersPrefix}`,
            notificationConfig: { successTopic: topic.arn, errorTopic: topic.arn },
          },
        },
      },
      childOpts,
    );
    const endpoint = new aws.sagemaker.Endpoint(
      name,
      { name: endpointName, endpointConfigName: configuration.name },
      { ...childOpts, dependsOn: log },
    );
    new EndpointScaling(`${name}-scaling`, { context, endpoint: endpoint.name, variant }, childOpts);
    this.registerOutputs({ endpoint: endpoint.name });
  }
}

const variant = 'all';

const digestOf = (of: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, 8);

/** What its machines may do. Returns its ARN, once it may. */
function makeRole(
  name: string,
  { context, names, results }: ModelEndpointArgs,
  childOpts: pulumi.ComponentResourceOptions,
): pulumi.Output<string> {
  const { permissionsBoundary } = context.config;
  const role = new aws.iam.Role(
    `${name}-role`,
    {
      name: context.worldName('endpoint', 'role'),
      description: `What the endpoint of the labdeploy stack ${context.stack} may do`,
      assumeRolePolicy: trustedService('sagemaker.amazonaws.com', context.account),
      ...(permissionsBoundary !== undefined && { permissionsBoundary }),
    },
    childOpts,
  );
  const log = context.arn('logs', `log-group:/aws/sagemaker/Endpoints/${names.environment.name}`);
  const statements = endpointStatements({ ...names, image: names.environment.image, results: results.arn, log });
  const permissions = new aws.iam.RolePolicy(
    `${name}-permissions`,
    { name: 'access', role: role.name, policy: JSON.stringify(policyDocument(statements)) },
    childOpts,
  );
  return pulumi.all([role.arn, permissions.id]).apply(([arn]) => arn);
}
