import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { sourcesPrefix } from '../../functions/core/object-keys.ts';
import type { StackContext } from '../stack-context.ts';

export interface BuildEventsArgs {
  context: StackContext;
  /** Name of CodeBuild's project. */
  project: pulumi.Input<string>;
  /** Name of the bucket of the sources. */
  bucket: pulumi.Input<string>;
  /** Follows builds. */
  follower: aws.lambda.Function;
}

/** Seconds that an event is worth: then the schedule has started the same function. */
const longestAge = 300;

/**
 * Tells the function that follows builds of each source that arrives, and of each step of a build. It is started without a
 * queue, whose polling would cost while nothing is built; an event that is lost is made good by its schedule.
 */
export class BuildEvents extends pulumi.ComponentResource {
  constructor(
    name: string,
    { context, project, bucket, follower }: BuildEventsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('labdeploy:part:BuildEvents', name, {}, opts);
    const childOpts = { parent: this };
    new aws.s3.BucketNotification(`${name}-announces`, { bucket, eventbridge: true }, childOpts);
    const patterns = {
      // Source: EventBridge events reference, Amazon S3; CodeBuild user guide, build notifications.
      sources: pulumi.jsonStringify({
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: [bucket] }, object: { key: [{ prefix: sourcesPrefix }] } },
      }),
      builds: pulumi.jsonStringify({
        source: ['aws.codebuild'],
        'detail-type': ['CodeBuild Build State Change', 'CodeBuild Build Phase Change'],
        detail: { 'project-name': [project] },
      }),
    };
    for (const [part, eventPattern] of Object.entries(patterns)) {
      const rule = new aws.cloudwatch.EventRule(
        `${name}-${part}`,
        {
          name: context.name(part, 'rule'),
          description: `Builds of images of the labdeploy stack ${context.stack}`,
          eventPattern,
        },
        childOpts,
      );
      const permission = new aws.lambda.Permission(
        `${name}-${part}-permission`,
        {
          function: follower.name,
          statementId: `events-${part}`,
          action: 'lambda:InvokeFunction',
          principal: 'events.amazonaws.com',
          sourceArn: rule.arn,
        },
        childOpts,
      );
      new aws.cloudwatch.EventTarget(
        `${name}-${part}-target`,
        {
          rule: rule.name,
          targetId: 'follower',
          arn: follower.arn,
          retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: longestAge },
        },
        { ...childOpts, dependsOn: permission },
      );
    }
    this.registerOutputs({});
  }
}
