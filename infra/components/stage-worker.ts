import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Stage } from '../../functions/stages/stage.ts';
import { accessStatements, feedStatement } from '../../policies/access-statements.ts';
import type { StackContext } from '../stack-context.ts';
import { environmentOf, resourceArns, type StackResources } from '../stack-resources.ts';
import { StageFunction } from './stage-function.ts';
import type { WorkQueue } from './work-queue.ts';

export interface StageWorkerArgs {
  context: StackContext;
  stage: Stage;
  queue: WorkQueue;
  things: StackResources;
  code: string;
  environment?: Record<string, pulumi.Input<string>>;
  memoryMb?: number;
  /** Invocations at a time; Lambda takes 2 and more. */
  maximumConcurrency: number;
  /** False: nothing is taken from its queue. */
  isPolled?: boolean;
}

/** One stage that a queue feeds: its function, and the event source between them. */
export class StageWorker extends pulumi.ComponentResource {
  readonly function: StageFunction;

  constructor(name: string, args: StageWorkerArgs, opts?: pulumi.ComponentResourceOptions) {
    const {
      context,
      stage,
      queue,
      things,
      code,
      memoryMb,
      maximumConcurrency,
      isPolled = true,
      environment = {},
    } = args;
    super(`labdeploy:stage:${stage.name.charAt(0).toUpperCase()}${stage.name.slice(1)}`, name, {}, opts);
    const childOpts = { parent: this };
    this.function = new StageFunction(
      `${name}-function`,
      {
        context,
        descriptor: stage,
        code,
        statements: resourceArns(things).apply((places) => [
          ...accessStatements(stage, places),
          feedStatement(queue.arn),
        ]),
        environment: { ...environmentOf(stage, things), ...environment },
        ...(memoryMb !== undefined && { memoryMb }),
      },
      childOpts,
    );
    new aws.lambda.EventSourceMapping(
      `${name}-source`,
      {
        functionName: this.function.function.name,
        eventSourceArn: queue.arn,
        batchSize: stage.batchSize,
        functionResponseTypes: ['ReportBatchItemFailures'],
        scalingConfig: { maximumConcurrency },
        enabled: isPolled,
      },
      { ...childOpts, dependsOn: queue.queue },
    );
    this.registerOutputs({ functionName: this.function.function.name });
  }
}

/** AWS: a message stays hidden for at least six times what its function may take. */
export const visibilitySeconds = ({ timeoutSeconds }: Stage): number => 6 * timeoutSeconds;
