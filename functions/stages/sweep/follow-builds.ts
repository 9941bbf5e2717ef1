import { createHash } from 'node:crypto';
import { Failure } from '../../core/errors.ts';
import type { ModelVersion } from '../../core/model-version.ts';
import { sentPackageRef, splitKey } from '../../core/object-keys.ts';
import type { VersionBuild } from '../../core/version-build.ts';
import type { BuildStatus, Builds } from '../../ports/builds.ts';
import type { Ports } from '../../ports/ports.ts';
import { patience } from './descriptor.ts';

/** Takes on each build of a version. Returns how many; undefined where the service builds no images. */
export async function followBuilds(
  { models, builds, queue, clock }: Pick<Ports, 'models' | 'builds' | 'queue' | 'clock'>,
  errors: unknown[],
): Promise<number | undefined> {
  if (models === undefined || builds === undefined) return undefined;
  let followed = 0;
  for (const version of (await models.all()).versions) {
    try {
      if (await followBuild(version, { models, builds, queue, clock })) followed++;
    } catch (error) {
      errors.push(error);
    }
  }
  return followed;
}

type FollowPorts = Required<Pick<Ports, 'models' | 'builds' | 'queue' | 'clock'>>;

/**
 * Takes the build of a version on by one step: starts it where the repository has no image of these files, notes its
 * phases, and at its end asks for the check of the version, or refuses it with the last lines of the log. Returns false for a
 * version of which nothing is built. Safe to repeat and to run twice at once.
 */
async function followBuild(version: ModelVersion, ports: FollowPorts): Promise<boolean> {
  const { id, state, build, changedAt } = version;
  if (build === undefined) return false;
  if (state === 'building') {
    await step(version, build, ports);
    return true;
  }
  // Built, and whoever noted that died before its check was asked for.
  const isLost = state === 'added' && build.image !== undefined && changedAt < ports.clock.now() - patience.step * 1000;
  if (isLost) await askForCheck(id, ports);
  return isLost;
}

async function step(version: ModelVersion, build: VersionBuild, ports: FollowPorts): Promise<void> {
  const { models, builds } = ports;
  const { id } = version;
  if (build.id === undefined) {
    if (await takeImage(id, build, ports)) return;
    await models.followBuild(id, { ...build, id: await start(version, build, builds) });
    return;
  }
  const status = await builds.status(build.id);
  const { state, phases, lines } = status;
  if (state === 'succeeded' && (await takeImage(id, build, ports))) return;
  if (JSON.stringify(phases) !== JSON.stringify(build.phases) || state !== 'running')
    await models.followBuild(id, { ...build, phases, ...(state === 'failed' && { lines: lines.map(shortened) }) });
  if (state === 'running') return;
  const { code, message } = state === 'failed' ? failureOf(status) : new Failure('modelImageGone', { build: build.id });
  await models.refuse(id, { code, message });
}

/** A row has room for 50 lines of this. */
const mostCharacters = 500;
const shortened = (line: string): string => line.slice(0, mostCharacters);

/** Of two rounds at once, or one after another that could not note its build, both get the same build. */
const start = (
  { id, changedAt }: ModelVersion,
  { source, dockerfile }: VersionBuild,
  builds: Builds,
): Promise<string> =>
  builds.start(source, {
    dockerfile,
    token: createHash('sha256')
      .update(JSON.stringify([source, id, changedAt]))
      .digest('hex'),
  });

/** True where the image is there: what was built of the same files is not built again. */
async function takeImage(id: string, { source }: VersionBuild, ports: FollowPorts): Promise<boolean> {
  const found = await ports.builds.find(source);
  if (found === undefined) return false;
  if ((await ports.models.endBuild(id, found.image)) !== undefined) await askForCheck(id, ports);
  return true;
}

const askForCheck = (id: string, { queue }: FollowPorts): Promise<void> =>
  queue.send('files', [splitKey(sentPackageRef(id).key)]);

function failureOf({ phases }: BuildStatus): Failure {
  const failed = phases.find(({ state }) => state === 'failed');
  return new Failure('modelBuildFailed', {
    phase: failed?.name ?? 'an unknown phase',
    why: failed?.why ?? 'no reason is given',
  });
}
