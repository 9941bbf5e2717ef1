import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { capitalised } from '../../functions/core/text.ts';
import type { QueueStage } from '../../functions/stages/stage.ts';
import { accessStatements, feedStatement } from '../../policies/access-statements.ts';
import { isPolled } from '../concurrency.ts';
import type { StackContext } from '../stack-context.ts';
import { environmentOf, resourceArns, type StackResources } from '../stack-resources.ts';
import { StageFunction } from './stage-function.ts';
import type { WorkQueue } from './work-queue.ts';

export interface StageWorkerArgs {
  context: StackContext;
  stage: QueueStage;
  queue: WorkQueue;
  resources: StackResources;
  code: string;
  /** Invocations at a time; Lambda takes 2 and more. */
  maximumConcurrency: number;
}

/** One stage that a queue feeds: its function, and the event source between them. */
export class StageWorker extends pulumi.ComponentResource {
  readonly function: StageFunction;

  constructor(name: string, args: StageWorkerArgs, opts?: pulumi.ComponentResourceOptions) {
    const { context, stage, queue, resources, code, maximumConcurrency } = args;
    super(`labdeploy:stage:${capitalised(stage.name)}`, name, {}, opts);
    const childOpts = { parent: this };
    this.function = new StageFunction(
      `${name}-function`,
      {
        context,
        descriptor: stage,
        code,
        statements: resourceArns(resources).apply((arns) => [
          ...accessStatements(stage, arns),
          feedStatement(queue.arn),
        ]),
        environment: environmentOf(stage, resources),
      },
      childOpts,
    );
    new aws.lambda.EventSourceMapping(
      `${name}-source`,
      {
        functionName: this.function.function.name,
        eventSourceArn: queue.arn,
        batchSize: stage.trigger.batchSize,
        functionResponseTypes: ['ReportBatchItemFailures'],
        scalingConfig: { maximumConcurrency },
        enabled: isPolled(stage, context.config),
      },
      { ...childOpts, dependsOn: queue.queue },
    );
    this.registerOutputs({ functionName: this.function.function.name });
  }
}
