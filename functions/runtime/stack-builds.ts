import { CloudWatchLogsClient, type CloudWatchLogsClientConfig } from '@aws-sdk/client-cloudwatch-logs';
import { CodeBuildClient, type CodeBuildClientConfig } from '@aws-sdk/client-codebuild';
import { ECRClient, type ECRClientConfig } from '@aws-sdk/client-ecr';
import { codeBuildBuilds } from '../adapters/aws/code-build-builds.ts';
import type { Builds } from '../ports/builds.ts';
import type { BuildsEnvironment } from '../stack/builds-environment.ts';

/** The builder of images of a stack. */
export const openStackBuilds = (
  client: CodeBuildClientConfig & ECRClientConfig & CloudWatchLogsClientConfig,
  place: BuildsEnvironment,
): Builds =>
  codeBuildBuilds({
    ...place,
    clients: {
      codebuild: new CodeBuildClient(client),
      ecr: new ECRClient(client),
      logs: new CloudWatchLogsClient(client),
    },
  });
