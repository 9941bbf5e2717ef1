import { join } from 'node:path';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Runnable } from '../../functions/stages/access.ts';
import { runtimeStatements, traceStatement } from '../../policies/access-statements.ts';
import { policyDocument, type Statement } from '../../policies/statement.ts';
import type { StackContext } from '../stack-context.ts';

export interface StageFunctionArgs {
  context: StackContext;
  descriptor: Runnable;
  /** Folder with one built function a name (build/bundle). */
  code: string;
  statements: pulumi.Input<Statement[]>;
  environment: Record<string, pulumi.Input<string>>;
  /** Where events go whose runs all failed, of a function that is started without a queue. */
  deadLetters?: { arn: pulumi.Input<string>; statement: pulumi.Input<Statement> };
}

/** One Lambda function with a role of its own that may do what its descriptor declares, and a log that ends. */
export class StageFunction extends pulumi.ComponentResource {
  readonly function: aws.lambda.Function;
  readonly role: aws.iam.Role;
  readonly functionName: string;

  constructor(name: string, args: StageFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super('labdeploy:part:StageFunction', name, {}, opts);
    const childOpts = { parent: this };
    const { context, descriptor, code, statements, environment, deadLetters } = args;
    const { permissionsBoundary, logRetentionDays, tracing, architecture, runtime } = context.config;
    this.functionName = context.name(descriptor.name, 'function');
    const log = new aws.cloudwatch.LogGroup(
      `${name}-log`,
      { name: `/aws/lambda/${this.functionName}`, retentionInDays: logRetentionDays },
      childOpts,
    );
    this.role = new aws.iam.Role(
      `${name}-role`,
      {
        name: context.worldName(descriptor.name, 'role'),
        description: `What ${descriptor.name} of the labdeploy stack ${context.stack} may do`,
        // Without aws:SourceAccount: Lambda's guide does not say that it sends that for execution roles, a role that Lambda may
        // not take stops every deployment, and nobody can give a role to a function of another account.
        assumeRolePolicy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        }),
        ...(permissionsBoundary !== undefined && { permissionsBoundary }),
      },
      childOpts,
    );
    const permissions = new aws.iam.RolePolicy(
      `${name}-permissions`,
      {
        name: 'access',
        role: this.role.name,
        policy: pulumi.jsonStringify(
          pulumi
            .all([statements, log.arn, deadLetters?.statement])
            .apply(([declared, logArn, sendDead]) =>
              policyDocument([
                ...declared,
                ...runtimeStatements(logArn),
                ...(sendDead === undefined ? [] : [sendDead]),
                ...(tracing ? [traceStatement] : []),
              ]),
            ),
        ),
      },
      childOpts,
    );
    this.function = new aws.lambda.Function(
      name,
      {
        name: this.functionName,
        description: `labdeploy: ${descriptor.name}`,
        role: this.role.arn,
        runtime,
        handler: 'index.handler',
        architectures: [architecture === 'x64' ? 'x86_64' : 'arm64'],
        ...(context.largeCode?.[descriptor.name] ?? {
          code: new pulumi.asset.FileArchive(join(code, descriptor.name)),
        }),
        memorySize: descriptor.memoryMb,
        timeout: descriptor.timeoutSeconds,
        environment: { variables: environment },
        loggingConfig: { logFormat: 'Text', logGroup: log.name }, // it writes JSON itself
        tracingConfig: { mode: tracing ? 'Active' : 'PassThrough' },
        ...(deadLetters !== undefined && { deadLetterConfig: { targetArn: deadLetters.arn } }),
      },
      { ...childOpts, dependsOn: permissions }, // Lambda checks at once that the role may do what it must
    );
    this.registerOutputs({ arn: this.function.arn });
  }
}
