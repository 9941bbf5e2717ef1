import { jobId } from '../contract/jobs.ts';
import { apiLimits, usualTransfer } from '../contract/limits.ts';
import type { VersionView } from '../contract/models.ts';
import { Problem } from '../contract/problems.ts';
import type { Download } from '../contract/results.ts';
import type { ModelView } from '../contract/service.ts';
import {
  isReady,
  type ModelRegistry,
  type ModelVersion,
  offeredVersions,
  type ReadyVersion,
} from '../core/model-version.ts';
import { cardRef, coverRef, type ObjectRef, sentPackageRef, splitKey } from '../core/object-keys.ts';
import type { Caller } from '../ports/identity.ts';
import type { Models } from '../ports/models.ts';
import type { Handlers, Principal } from './request.ts';
import type { ApiServices } from './services.ts';
import { expiresSeconds } from './sign-uploads.ts';
import { reserveStorage } from './storage-quota.ts';
import { failureView, iso, signedView } from './views.ts';

type ModelHandlers = Pick<
  Handlers,
  | 'listModels'
  | 'listVersions'
  | 'addVersion'
  | 'showVersion'
  | 'signPackage'
  | 'checkVersion'
  | 'offerVersion'
  | 'retireVersion'
>;

/** What new jobs may use, the default first: those that the service was deployed with, each replaced by the version of its name that is offered, then the others that are offered. */
export async function offeredModels({ shipped, ports }: Pick<ApiServices, 'shipped' | 'ports'>): Promise<ModelView[]> {
  const offered = offeredVersions((await ports.models?.all()) ?? { versions: [], lines: [] }).map(offeredView);
  const newer = (view: ModelView) => offered.find(({ name }) => name === view.name) ?? view;
  return [...shipped.map(newer), ...offered.filter(({ name }) => !shipped.some((each) => each.name === name))];
}

const offeredView = ({ facts, revision }: ReadyVersion): ModelView => ({
  name: facts.name,
  version: facts.version,
  description: facts.description,
  sha256: facts.weights,
  revision,
  package: facts.package,
  inputChannels: facts.inputChannels,
  ...(facts.defaultChannel !== undefined && { defaultChannel: facts.defaultChannel }),
  greyFromRgb: facts.greyFromRgb,
});

export function modelHandlers(services: ApiServices): ModelHandlers {
  const { ports, signed, newId, transfer = usualTransfer } = services;
  const { objects, queue } = ports;

  const registry = (): Models => {
    if (ports.models === undefined) throw new Error('this service has no registry of models');
    return ports.models;
  };
  const versionOf = async (id: string | undefined): Promise<ModelVersion> => {
    const version = jobId.safeParse(id).success ? await registry().get(id!) : undefined;
    if (version === undefined) throw new Problem('versionMissing', { id: id ?? '' });
    return version;
  };
  const viewOf = async (version: ModelVersion) => versionView(version, await registry().all());
  /** The one person of a service without accounts is its administrator. */
  const adminsOnly = ({ caller }: Principal) => {
    if (caller.admin || services.config.signIn === 'link') return;
    throw new Problem('adminsOnly', { what: 'everybody of the lab uses the models that are offered' });
  };
  /** The version as the change left it; where that did not apply, why. */
  const changed = async (
    id: string,
    change: (models: Models) => Promise<unknown>,
    why: (version: ModelVersion, registry: ModelRegistry) => string,
  ) => {
    await versionOf(id);
    const applied = await change(registry());
    const [version, all] = [await versionOf(id), await registry().all()];
    if (applied === undefined) throw new Problem('versionState', { why: why(version, all) });
    return versionView(version, all);
  };

  return {
    listModels: async () => ({ items: await offeredModels(services) }),

    async listVersions() {
      const all = await registry().all();
      return { items: all.versions.map((version) => versionView(version, all)) };
    },

    async addVersion({ who, body: { bytes, parent, scores }, repeatable }) {
      adminsOnly(who);
      const limit = apiLimits.packageBytes;
      if (bytes > limit) throw new Problem('packageTooLarge', { bytes, limit }, { extra: { limit } });
      if (parent !== undefined) await versionOf(parent);
      const { sub, name, email } = who.caller;
      const byName = name ?? email;
      const version = await registry().add({
        id: repeatable?.slice(0, 32) ?? newId(),
        kind: 'onnx',
        bytes,
        by: sub,
        ...(byName !== undefined && { byName }),
        ...(parent !== undefined && { parent }),
        ...(scores !== undefined && { scores }),
      });
      return viewOf(version);
    },

    async showVersion({ params }) {
      const version = await versionOf(params.version);
      const view = await viewOf(version);
      const { facts } = version;
      if (facts === undefined) return view;
      const { package: sha256, cover, card } = facts;
      return {
        ...view,
        ...(cover !== undefined && { cover: await signGet(coverRef(sha256), { name: 'cover', ...cover }) }),
        ...(card !== undefined && { card: await signGet(cardRef(sha256), { ...readme, bytes: card }) }),
      };
    },

    async signPackage({ who, params }) {
      adminsOnly(who);
      const { id, state, bytes } = await versionOf(params.version);
      const ref = sentPackageRef(id);
      if (state !== 'added' && state !== 'refused')
        throw new Problem('versionState', { why: `it is ${state}, and its package does not change` });
      if ((await objects.head(ref)) !== undefined)
        throw new Problem('versionState', { why: 'its package has arrived already' });
      await reserveStorage(who.owner, [{ ref, bytes }], { ...services, transfer }, ports.jobs);
      return { request: signedView(await signed.signPut(ref, { bytes, expiresSeconds })) };
    },

    async checkVersion({ who, params }) {
      adminsOnly(who);
      const { id } = await versionOf(params.version);
      const ref = sentPackageRef(id);
      const view = await changed(
        id,
        async (models) => {
          if ((await objects.head(ref)) === undefined) throw new Problem('packageMissing', {});
          return models.checkAgain(id);
        },
        ({ state }) => `it is ${state}, so its check is over`,
      );
      await queue.send('files', [splitKey(ref.key)]);
      return view;
    },

    offerVersion: async ({ who, params }) => {
      adminsOnly(who);
      return changed(
        params.version ?? '',
        (models) => models.offer(params.version ?? '', nameOf(who.caller)),
        (version, { lines }) => {
          if (!isReady(version)) return `it is ${version.state}, and only what is ready can be offered`;
          const { name } = version.facts;
          const offered = lines.find((line) => line.name === name)?.offered;
          return offered === version.revision
            ? 'it is offered already'
            : `revision ${offered} of ${name} is offered, which is newer than ${version.revision}; add the package again to go back to it`;
        },
      );
    },

    retireVersion: async ({ who, params }) => {
      adminsOnly(who);
      return changed(
        params.version ?? '',
        (models) => models.retire(params.version ?? ''),
        ({ state }) => (state === 'checking' ? 'it is being checked: wait until that ends' : `it is ${state} already`),
      );
    },
  };

  async function signGet(
    ref: ObjectRef,
    { name: fileName, type: contentType, bytes }: { name: string; type: string; bytes: number },
  ): Promise<Download> {
    const request = await signed.signGet(ref, { expiresSeconds, fileName, contentType });
    return { fileName, bytes, request: signedView(request) };
  }
}

/** For people. */
const nameOf = ({ name, email, sub }: Caller): string => name ?? email ?? sub;

/** Markdown as text: it is of whoever made the package. */
const readme = { name: 'README.md', type: 'text/plain; charset=utf-8' };

function versionView(version: ModelVersion, { lines }: ModelRegistry): VersionView {
  const { id, kind, state, bytes, revision, facts, parent, scores, failure, by, byName } = version;
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
      ...(facts.defaultChannel !== undefined && { defaultChannel: facts.defaultChannel }),
      maps: facts.maps,
    }),
    ...(parent !== undefined && { parent }),
    ...(scores !== undefined && { scores }),
    ...(failure !== undefined && { failure: failureView(failure) }),
    addedBy: byName ?? by,
    addedAt: iso(version.addedAt),
    changedAt: iso(version.changedAt),
  };
}
