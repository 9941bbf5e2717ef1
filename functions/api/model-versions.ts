import { jobId } from '../contract/jobs.ts';
import type { VersionView } from '../contract/models.ts';
import { Problem } from '../contract/problems.ts';
import { isReady, type ModelRegistry, type ModelVersion } from '../core/model-version.ts';
import type { VersionBuild } from '../core/version-build.ts';
import type { Models } from '../ports/models.ts';
import type { Ports } from '../ports/ports.ts';
import { failureView, iso } from './views.ts';

/** The registry of the service, as its routes look into it. */
export interface Versions {
  models: Models;
  /** Throws the problem `versionMissing`. */
  find(id: string | undefined): Promise<ModelVersion>;
  view(version: ModelVersion): Promise<VersionView>;
}

export function versionsOf({ models }: Pick<Ports, 'models'>): Versions {
  if (models === undefined) throw new Error('this service has no registry of models');
  return {
    models,
    async find(id) {
      const version = jobId.safeParse(id).success ? await models.get(id!) : undefined;
      if (version === undefined) throw new Problem('versionMissing', { id: id ?? '' });
      return version;
    },
    view: async (version) => versionView(version, await models.all()),
  };
}

const buildView = ({ phases, lines, image }: VersionBuild): VersionView['build'] => ({
  phases: [...phases],
  ...(lines !== undefined && { lines: [...lines] }),
  ...(image !== undefined && { image }),
});

export function versionView(version: ModelVersion, { lines }: ModelRegistry): VersionView {
  const { id, kind, state, bytes, revision, facts, parent, scores, build, failure, by, byName } = version;
  const line = isReady(version)
    ? lines.find(({ name, offered }) => name === facts?.name && offered === revision)
    : undefined;
  return {
    ...{ id, kind, state, bytes },
    offered: line !== undefined,
    ...(line?.offeredBy !== undefined && { offeredBy: line.offeredBy }),
    ...(line?.offeredAt !== undefined && { offeredAt: iso(line.offeredAt) }),
    ...(revision !== undefined && { revision }),
    ...(facts !== undefined && {
      name: facts.name,
      version: facts.version,
      description: facts.description,
      package: facts.package,
      sha256: facts.weights,
      ...(facts.licence !== undefined && { licence: facts.licence }),
      authors: facts.authors,
      inputChannels: facts.inputChannels,
      ...(facts.container !== undefined && { container: facts.container }),
      ...(facts.defaultChannel !== undefined && { defaultChannel: facts.defaultChannel }),
      maps: facts.maps,
    }),
    ...(parent !== undefined && { parent }),
    ...(scores !== undefined && { scores }),
    ...(build !== undefined && { build: buildView(build) }),
    ...(failure !== undefined && { failure: failureView(failure) }),
    addedBy: byName ?? by,
    addedAt: iso(version.addedAt),
    changedAt: iso(version.changedAt),
  };
}
