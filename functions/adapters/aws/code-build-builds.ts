import { type CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchGetBuildsCommand,
  type Build,
  type CodeBuildClient,
  type BuildPhase as CodeBuildPhase,
  ListBuildsForProjectCommand,
  StartBuildCommand,
} from '@aws-sdk/client-codebuild';
import { DescribeImagesCommand, type ECRClient } from '@aws-sdk/client-ecr';
import { sourceRef } from '../../core/object-keys.ts';
import type { BuildPhase } from '../../core/version-build.ts';
import type { BuildStatus, Builds, BuiltImage } from '../../ports/builds.ts';
import type { BuildsEnvironment } from '../../stack/builds-environment.ts';

interface CodeBuildSettings extends BuildsEnvironment {
  clients: { codebuild: CodeBuildClient; ecr: ECRClient; logs: CloudWatchLogsClient };
}

/** Lines of a failed build that are shown. */
const keptLines = 50;

/** Builds by CodeBuild; images are in one repository of ECR, tagged with the sha256 of their source. */
export function codeBuildBuilds({ clients, project, repository, bucket }: CodeBuildSettings): Builds {
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

    async start(source, { dockerfile, token } = {}) {
      const before = await running(source);
      if (before !== undefined) return before;
      const { build } = await codebuild.send(
        new StartBuildCommand({
          projectName: project,
          sourceTypeOverride: 'S3',
          sourceLocationOverride: locationOf(source),
          environmentVariablesOverride: [
            { name: 'TAG', value: source },
            ...(dockerfile === undefined ? [] : [{ name: 'DOCKERFILE', value: dockerfile }]),
          ],
          ...(token !== undefined && { idempotencyToken: token }),
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
