import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { sourcesPrefix } from '../../functions/core/object-keys.ts';
import { imageBuilderStatements } from '../../policies/image-builder.ts';
import { policyDocument } from '../../policies/statement.ts';
import type { BuilderNames } from '../builder-names.ts';
import type { StackContext } from '../stack-context.ts';

export interface ImageBuilderArgs {
  context: StackContext;
  names: BuilderNames;
  /** Has the sources: zips with a Dockerfile. */
  bucket: { name: pulumi.Input<string>; arn: string };
}

/** Images that are kept; ECR removes the oldest. */
const keptImages = 20;
/** Minutes that a build may take, and may wait until it starts. */
const [buildMinutes, queuedMinutes] = [60, 120];

/**
 * In the project and not in the source, so that a model's folder cannot replace it. An image that is there is not built
 * again, as tags do not move. Without provenance, which would make an index of the image, and SageMaker and Lambda take none.
 */
const buildSpec = `version: 0.2
phases:
  pre_build:
    commands:
      - aws ecr get-login-password | docker login --username AWS --password-stdin "\${REPOSITORY%%/*}"
  build:
    commands:
      - docker build --provenance=false --file "$DOCKERFILE" --tag "$REPOSITORY:$TAG" .
  post_build:
    commands:
      - test "$CODEBUILD_BUILD_SUCCEEDING" = 1
      - docker push "$REPOSITORY:$TAG" || aws ecr describe-images --repository-name "\${REPOSITORY#*/}" --image-ids "imageTag=$TAG"
`;

/** Builds images of models in the account (CodeBuild) and keeps them (ECR). Nothing of it costs anything while no image is there. */
export class ImageBuilder extends pulumi.ComponentResource {
  readonly project: aws.codebuild.Project;
  readonly repository: aws.ecr.Repository;

  constructor(name: string, { context, names, bucket }: ImageBuilderArgs, opts?: pulumi.ComponentResourceOptions) {
    super('labdeploy:part:ImageBuilder', name, {}, opts);
    const childOpts = { parent: this };
    this.repository = new aws.ecr.Repository(
      `${name}-images`,
      {
        name: names.repository,
        imageTagMutability: 'IMMUTABLE', // the tag is the sha256 of the source
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: 'AES256' }],
        forceDelete: true, // destroy removes it with its images
      },
      childOpts,
    );
    new aws.ecr.LifecyclePolicy(
      `${name}-images-lifecycle`,
      { repository: this.repository.name, policy: lifecycle },
      childOpts,
    );
    const log = new aws.cloudwatch.LogGroup(
      `${name}-log`,
      { name: names.logGroup, retentionInDays: context.config.logRetentionDays },
      childOpts,
    );
    const { role, permissions } = makeRole(name, context, childOpts, {
      repository: names.arns.repository,
      sources: `${bucket.arn}/${sourcesPrefix}*`,
      log: names.arns.log,
    });
    this.project = new aws.codebuild.Project(
      name,
      {
        name: names.project,
        description: `Images of models for the stack ${context.stack} of labdeploy`,
        serviceRole: role.arn,
        source: { type: 'S3', location: pulumi.interpolate`${bucket.name}/${sourcesPrefix}`, buildspec: buildSpec },
        artifacts: { type: 'NO_ARTIFACTS' },
        environment: {
          type: 'LINUX_CONTAINER',
          computeType: 'BUILD_GENERAL1_SMALL',
          image: 'aws/codebuild/standard:7.0',
          imagePullCredentialsType: 'CODEBUILD',
          privilegedMode: true, // without it docker does not run
          environmentVariables: [
            { name: 'REPOSITORY', value: this.repository.repositoryUrl },
            { name: 'DOCKERFILE', value: 'Dockerfile' },
          ],
        },
        logsConfig: { cloudwatchLogs: { status: 'ENABLED', groupName: log.name } },
        buildTimeout: buildMinutes,
        queuedTimeout: queuedMinutes,
      },
      { ...childOpts, dependsOn: permissions },
    );
    this.registerOutputs({ project: this.project.name });
  }
}

const lifecycle = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      description: `the newest ${keptImages}`,
      selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: keptImages },
      action: { type: 'expire' },
    },
  ],
});

function makeRole(
  name: string,
  context: StackContext,
  childOpts: pulumi.ComponentResourceOptions,
  on: { repository: string; sources: string; log: string },
): { role: aws.iam.Role; permissions: aws.iam.RolePolicy } {
  const { permissionsBoundary } = context.config;
  const role = new aws.iam.Role(
    `${name}-role`,
    {
      name: context.worldName('builds', 'role'),
      description: `What builds of images of the labdeploy stack ${context.stack} may do`,
      assumeRolePolicy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'codebuild.amazonaws.com' },
            Action: 'sts:AssumeRole',
            Condition: { StringEquals: { 'aws:SourceAccount': context.account } },
          },
        ],
      }),
      ...(permissionsBoundary !== undefined && { permissionsBoundary }),
    },
    childOpts,
  );
  const permissions = new aws.iam.RolePolicy(
    `${name}-permissions`,
    { name: 'access', role: role.name, policy: JSON.stringify(policyDocument(imageBuilderStatements(on))) },
    childOpts,
  );
  return { role, permissions };
}
