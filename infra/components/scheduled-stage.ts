import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Stage } from '../../functions/stages/stage.ts';
import { accessStatements } from '../../policies/access-statements.ts';
import { policyDocument, type Statement } from '../../policies/statement.ts';
import type { Setting } from '../stack-context.ts';
import { environmentOf, placesOf, type Things } from '../stack-resources.ts';
import { onlyByTls } from './private-bucket.ts';
import { StageFunction } from './stage-function.ts';

export interface ScheduledStageArgs {
  setting: Setting;
  stage: Stage & { everySeconds: number };
  things: Things;
  code: string;
}

const minute = 60;
const day = 24 * 60 * minute;

/** One stage that a schedule starts; rounds that nobody could run lie in a queue of their own. */
export class ScheduledStage extends pulumi.ComponentResource {
  readonly function: StageFunction;
  readonly dead: aws.sqs.Queue;

  constructor(
    name: string,
    { setting, stage, things, code }: ScheduledStageArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(`labdeploy:stage:${stage.name.charAt(0).toUpperCase()}${stage.name.slice(1)}`, name, {}, opts);
    const own = { parent: this };
    const deadName = setting.name(`${stage.name}-dead`, 'queue');
    const deadArn = setting.arn('sqs', deadName);
    this.dead = new aws.sqs.Queue(
      `${name}-dead`,
      {
        name: deadName,
        messageRetentionSeconds: 14 * day,
        sqsManagedSseEnabled: true,
        policy: JSON.stringify({ Version: '2012-10-17', Statement: [onlyByTls(deadArn, 'sqs:*')] }),
      },
      own,
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
        setting,
        descriptor: stage,
        code,
        statements: placesOf(things).apply((places) => accessStatements(stage, places)),
        environment: environmentOf(stage, things),
        deadLetters: { arn: this.dead.arn, statement: sendDead },
      },
      own,
    );
    new aws.lambda.FunctionEventInvokeConfig(
      `${name}-attempts`,
      {
        functionName: this.function.function.name,
        maximumRetryAttempts: stage.attempts - 1,
        maximumEventAgeInSeconds: Math.max(minute, stage.everySeconds),
      },
      own,
    );
    const starter = new aws.iam.Role(
      `${name}-schedule-role`,
      {
        name: setting.name(`${stage.name}-schedule`, 'role'),
        description: `Starts ${stage.name} of the labdeploy stack ${setting.stack}`,
        assumeRolePolicy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'scheduler.amazonaws.com' },
              Action: 'sts:AssumeRole',
              Condition: { StringEquals: { 'aws:SourceAccount': setting.account } },
            },
          ],
        }),
        ...(setting.config.permissionsBoundary !== undefined && {
          permissionsBoundary: setting.config.permissionsBoundary,
        }),
      },
      own,
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
      own,
    );
    new aws.scheduler.Schedule(
      `${name}-schedule`,
      {
        name: setting.name(stage.name, 'schedule'),
        description: `Starts ${stage.name} of the labdeploy stack ${setting.stack}`,
        scheduleExpression: rate(stage.everySeconds),
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: this.function.function.arn,
          roleArn: starter.arn,
          retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: Math.max(minute, stage.everySeconds) },
          deadLetterConfig: { arn: this.dead.arn },
        },
      },
      { ...own, dependsOn: start },
    );
    this.registerOutputs({ functionName: this.function.function.name });
  }
}

/** Schedules count in whole minutes. */
function rate(seconds: number): string {
  const minutes = Math.ceil(seconds / minute);
  return `rate(${minutes} ${minutes === 1 ? 'minute' : 'minutes'})`;
}
