import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchGetBuildsCommand,
  type Build,
  CodeBuildClient,
  type BuildPhase as CodeBuildPhase,
  ListBuildsForProjectCommand,
  StartBuildCommand,
} from '@aws-sdk/client-codebuild';
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { sourceRef } from '../../functions/core/object-keys.ts';
import type { BuildPhase, BuildStatus, Builds, BuiltImage } from '../../functions/ports/builds.ts';
import type { AwsAccount } from './account.ts';
import { ownBuckets } from './own-buckets.ts';

interface CodeBuildSettings {
  clients: { codebuild: CodeBuildClient; ecr: ECRClient; logs: CloudWatchLogsClient };
  project: string;
  /** `account.dkr.ecr.region.amazonaws.com/name`. */
  repository: string;
  /** Bucket of the sources. */
  bucket: string;
}

/** Lines of a failed build that are shown. */
const keptLines = 50;

/** Builds by CodeBuild; images are in one repository of ECR, tagged with the sha256 of their source. */
function codeBuildBuilds({ clients, project, repository, bucket }: CodeBuildSettings): Builds {
  const { codebuild, ecr, logs } = clients;
  const locationOf = (source: string) => `${bucket}/${sourceRef(source).key}`;

  /** The newest are first; 100 are asked about, which is what one request takes. */
  async function running(source: string): Promise<string | undefined> {
    const { ids = [] } = await codebuild.send(new ListBuildsForProjectCommand({ projectName: project }));
    if (ids.length === 0) return undefined;
    const { builds = [] } = await codebuild.send(new BatchGetBuildsCommand({ ids: ids.slice(0, 100) }));
    return builds.find((each) => stateOf(each) === 'running' && each.source?.location === locationOf(source))?.id;
  }

  async function tail({ logs: place }: Build): Promise<string[]> {
    if (place?.groupName === undefined || place.streamName === undefined) return []; // it ended before it wrote
    const { events = [] } = await logs.send(
      new GetLogEventsCommand({ logGroupName: place.groupName, logStreamName: place.streamName, limit: keptLines }),
    );
    return events.map(({ message = '' }) => message.trimEnd());
  }

  return {
    async find(source) {
      const [, name] = /^[^/]+\/(.+)$/.exec(repository) ?? [];
      try {
        const wanted = { repositoryName: name, imageIds: [{ imageTag: source }] };
        const { imageDetails = [] } = await ecr.send(new DescribeImagesCommand(wanted));
        const { imageDigest, imageScanFindingsSummary: scan } = imageDetails[0] ?? {};
        if (imageDigest === undefined) return undefined;
        const found: BuiltImage = { image: `${repository}@${imageDigest}` };
        return scan === undefined ? found : { ...found, findings: scan.findingSeverityCounts ?? {} };
      } catch (error) {
        if ((error as Error).name === 'ImageNotFoundException') return undefined;
        throw error;
      }
    },

    async start(source) {
      const before = await running(source);
      if (before !== undefined) return before;
      const { build } = await codebuild.send(
        new StartBuildCommand({
          projectName: project,
          sourceTypeOverride: 'S3',
          sourceLocationOverride: locationOf(source),
          environmentVariablesOverride: [{ name: 'TAG', value: source }],
        }),
      );
      return build!.id!;
    },

    async status(id): Promise<BuildStatus> {
      const { builds = [] } = await codebuild.send(new BatchGetBuildsCommand({ ids: [id] }));
      const build = builds[0];
      if (build === undefined) throw new RangeError(`no build ${id}`);
      const state = stateOf(build);
      return {
        state,
        phases: (build.phases ?? []).filter(({ phaseType }) => phaseType !== 'COMPLETED').map(phaseOf),
        lines: state === 'failed' ? await tail(build) : [],
      };
    },
  };
}

/** CodeBuild knows FAILED, FAULT, TIMED_OUT and STOPPED beside these. */
const states: Readonly<Partial<Record<string, BuildStatus['state']>>> = {
  IN_PROGRESS: 'running',
  SUCCEEDED: 'succeeded',
};
const stateOf = ({ buildStatus }: Build): BuildStatus['state'] => states[buildStatus!] ?? 'failed';

function phaseOf({ phaseType, phaseStatus, durationInSeconds, contexts = [] }: CodeBuildPhase): BuildPhase {
  const why = contexts.map(({ message }) => message).find((message) => message !== undefined && message !== '');
  return {
    name: (phaseType ?? '').toLowerCase().replaceAll('_', ' '),
    state: phaseStatus === undefined ? 'running' : (states[phaseStatus] ?? 'failed'),
    ...(durationInSeconds !== undefined && { seconds: durationInSeconds }),
    ...(why !== undefined && { why }),
  };
}

/** The builder of a stack, and what stores the source of a build. */
export function openImageBuilds(
  account: AwsAccount,
  place: Omit<CodeBuildSettings, 'clients'>,
): { builds: Builds; store(source: string, body: Uint8Array): Promise<void> } {
  const { client } = account;
  const clients = {
    codebuild: new CodeBuildClient(client),
    ecr: new ECRClient(client),
    logs: new CloudWatchLogsClient(client),
  };
  const s3 = ownBuckets(account);
  return {
    builds: codeBuildBuilds({ clients, ...place }),
    async store(source, Body) {
      await s3.send(new PutObjectCommand({ Bucket: place.bucket, Key: sourceRef(source).key, Body }));
    },
  };
}
