import type * as pulumi from '@pulumi/pulumi';
import type { BuildsEnvironment } from '../functions/stack/builds-environment.ts';
import type { StackContext } from './stack-context.ts';

/** What builds images of models, known before it is there, so that roles can name it. */
export interface BuilderNames {
  project: string;
  repository: string;
  logGroup: string;
  arns: { project: string; repository: string; log: string };
  /** What whoever follows builds is told. */
  environment: { [K in keyof BuildsEnvironment]: pulumi.Input<BuildsEnvironment[K]> };
}

/** Undefined where a stack builds no images. `bucket` has the sources. */
export function builderNames(context: StackContext, bucket: pulumi.Input<string>): BuilderNames | undefined {
  if (!context.config.containers) return undefined;
  const { name, arn, account, region, partition } = context;
  const [project, repository] = [name('builds', 'buildProject'), name('models', 'repository')];
  const logGroup = `/aws/codebuild/${project}`;
  const registry = `${account}.dkr.ecr.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
  return {
    ...{ project, repository, logGroup },
    arns: {
      project: arn('codebuild', `project/${project}`),
      repository: arn('ecr', `repository/${repository}`),
      log: arn('logs', `log-group:${logGroup}:*`),
    },
    environment: { project, repository: `${registry}/${repository}`, bucket },
  };
}
