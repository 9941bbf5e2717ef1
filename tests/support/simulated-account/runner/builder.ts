import { CloudWatchLogsClient, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchGetBuildsCommand,
  type Build,
  CodeBuildClient,
  ListBuildsForProjectCommand,
} from '@aws-sdk/client-codebuild';
import { ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { clientSettings, clientsFor } from '../clients.ts';
import { roleOf } from '../role-of.ts';
import type { SimulatedService } from '../service.ts';

/** What CodeBuild says of a step. */
interface Phase {
  phaseType: string;
  phaseStatus?: 'SUCCEEDED' | 'FAILED';
  durationInSeconds?: number;
  contexts?: { message: string }[];
}

/** Builds of images, which moto keeps and nobody runs. */
export interface Builder {
  /** All, the newest first. */
  builds(): Promise<Build[]>;
  /** CodeBuild says how a build goes on, and tells EventBridge. */
  says(build: Build, buildStatus: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED', phases: Phase[]): Promise<void>;
  /** What a build does before its end, with the rights of its role: reads its source and writes its log. Returns the source's bytes. */
  begins(build: Build, log: readonly string[]): Promise<number>;
  /** Stores an image of a build with the rights of its role. Returns the image by its digest. */
  stores(build: Build): Promise<string>;
}

/** Plays CodeBuild for a deployed service, but for Docker. */
export function codeBuilder({ moto, authoriser, runner, outputs }: SimulatedService): Builder {
  const { project, repository } = outputs.builds;
  const asOwner = <T>(use: (codebuild: CodeBuildClient) => Promise<T>): Promise<T> => {
    const codebuild = new CodeBuildClient(clientSettings(moto.url));
    return use(codebuild).finally(() => codebuild.destroy());
  };
  const asBuild = async ({ serviceRole }: Build) => {
    if (serviceRole?.endsWith(`/${roleOf(project)}`) !== true) throw new Error(`a build has the role ${serviceRole}`);
    return authoriser.assume(serviceRole, 'codebuild.amazonaws.com');
  };
  const tagOf = ({ environment }: Build) =>
    environment!.environmentVariables!.find(({ name }) => name === 'TAG')!.value!;

  return {
    builds: () =>
      asOwner(async (codebuild) => {
        const { ids = [] } = await codebuild.send(new ListBuildsForProjectCommand({ projectName: project }));
        if (ids.length === 0) return [];
        const { builds = [] } = await codebuild.send(new BatchGetBuildsCommand({ ids }));
        return ids.map((id) => builds.find((build) => build.id === id)!);
      }),
    async says({ id }, buildStatus, phases) {
      const body = JSON.stringify({ buildStatus, phases });
      const answer = await fetch(`${moto.url}/builds/${id}`, { method: 'POST', body });
      if (!answer.ok) throw new Error(`moto answered ${answer.status} to the build ${id}`);
      await runner.announce({
        ...{ source: 'aws.codebuild', 'detail-type': 'CodeBuild Build State Change' },
        detail: { 'project-name': project, 'build-id': id, 'build-status': buildStatus },
      });
    },
    async begins(build, log) {
      const credentials = await asBuild(build);
      const { s3 } = clientsFor(authoriser.url, credentials);
      const [, Bucket, Key] = /^([^/]+)\/(.+)$/.exec(build.source!.location!)!;
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const logs = new CloudWatchLogsClient(clientSettings(authoriser.url, credentials));
      const { groupName: logGroupName, streamName: logStreamName } = build.logs!;
      await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
      const logEvents = log.map((message) => ({ message, timestamp: Date.now() }));
      await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
      return (await Body!.transformToByteArray()).length;
    },
    async stores(build) {
      const ecr = new ECRClient(clientSettings(authoriser.url, await asBuild(build)));
      const imageTag = tagOf(build);
      const { image } = await ecr.send(
        new PutImageCommand({
          ...{ repositoryName: repository.split('/')[1], imageTag },
          imageManifestMediaType: 'application/vnd.docker.distribution.manifest.v2+json',
          imageManifest: JSON.stringify({ schemaVersion: 2, config: { digest: imageTag }, layers: [] }),
        }),
      );
      return `${repository}@${image!.imageId!.imageDigest}`;
    },
  };
}
