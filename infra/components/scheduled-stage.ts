import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { capitalised } from '../../functions/core/text.ts';
import { daySeconds } from '../../functions/core/time.ts';
import type { ScheduledStage as Stage } from '../../functions/stages/stage.ts';
import { accessStatements } from '../../policies/access-statements.ts';
import { policyDocument, type Statement } from '../../policies/statement.ts';
import type { StackContext } from '../stack-context.ts';
import { environmentOf, resourceArns, type StackResources } from '../stack-resources.ts';
import { trustedService } from '../trusted-service.ts';
import { onlyByTls } from './private-bucket.ts';
import { StageFunction } from './stage-function.ts';

export interface ScheduledStageArgs {
  context: StackContext;
  stage: Stage;
  resources: StackResources;
  code: string;
}

const minute = 60;

/** One stage that a schedule starts; rounds that failed are in a queue of their own. */
export class ScheduledStage extends pulumi.ComponentResource {
  readonly function: StageFunction;
  readonly dead: aws.sqs.Queue;

  constructor(
    name: string,
    { context, stage, resources, code }: ScheduledStageArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(`labdeploy:stage:${capitalised(stage.name)}`, name, {}, opts);
    const childOpts = { parent: this };
    const deadName = context.name(`${stage.name}-dead`, 'queue');
    const deadArn = context.arn('sqs', deadName);
    this.dead = new aws.sqs.Queue(
      `${name}-dead`,
      {
        name: deadName,
        messageRetentionSeconds: 14 * daySeconds,
        sqsManagedSseEnabled: true,
        policy: JSON.stringify({ Version: '2012-10-17', Statement: [onlyByTls(deadArn, 'sqs:*')] }),
      },
      childOpts,
    );
    const sendDead: Statement = {
      id: 'SendDead',
      actions: ['sqs:SendMessage'],
      on: [deadArn],
      why: 'a round that failed is kept, and an alarm tells',
    };
    this.function = new StageFunction(
      `${name}-function`,
      {
        context,
        descriptor: stage,
        code,
        statements: resourceArns(resources).apply((arns) => accessStatements(stage, arns)),
        environment: environmentOf(stage, resources),
        deadLetters: { arn: this.dead.arn, statement: sendDead },
      },
      childOpts,
    );
    new aws.lambda.FunctionEventInvokeConfig(
      `${name}-attempts`,
      {
        functionName: this.function.function.name,
        maximumRetryAttempts: stage.trigger.attempts - 1,
        maximumEventAgeInSeconds: Math.max(minute, stage.trigger.everySeconds),
      },
      childOpts,
    );
    const starter = new aws.iam.Role(
      `${name}-schedule-role`,
      {
        name: context.worldName(`${stage.name}-schedule`, 'role'),
        description: `Starts ${stage.name} of the labdeploy stack ${context.stack}`,
        assumeRolePolicy: trustedService('scheduler.amazonaws.com', context.account),
        ...(context.config.permissionsBoundary !== undefined && {
          permissionsBoundary: context.config.permissionsBoundary,
        }),
      },
      childOpts,
    );
    const start = new aws.iam.RolePolicy(
      `${name}-schedule-permissions`,
      {
        name: 'access',
        role: starter.name,
        policy: pulumi.jsonStringify(
          this.function.function.arn.apply((arn) =>
            policyDocument([
              { id: 'Start', actions: ['lambda:InvokeFunction'], on: [arn], why: `starts ${stage.name}` },
              { ...sendDead, why: 'a round that could not be started is kept, and an alarm tells' },
            ]),
          ),
        ),
      },
      childOpts,
    );
    new aws.scheduler.Schedule(
      `${name}-schedule`,
      {
        name: context.name(stage.name, 'schedule'),
        description: `Starts ${stage.name} of the labdeploy stack ${context.stack}`,
        scheduleExpression: rate(stage.trigger.everySeconds),
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: this.function.function.arn,
          roleArn: starter.arn,
          retryPolicy: {
            maximumRetryAttempts: 2,
            maximumEventAgeInSeconds: Math.max(minute, stage.trigger.everySeconds),
          },
          deadLetterConfig: { arn: this.dead.arn },
        },
      },
      { ...childOpts, dependsOn: start },
    );
    this.registerOutputs({ functionName: this.function.function.name });
  }
}

/** Schedules count in whole minutes. */
function rate(seconds: number): string {
  const minutes = Math.ceil(seconds / minute);
  return `rate(${minutes} ${minutes === 1 ? 'minute' : 'minutes'})`;
}
