import { apiLimits, usualTransfer } from '../contract/limits.ts';
import { Problem } from '../contract/problems.ts';
import { isReady, type ModelRegistry, type ModelVersion } from '../core/model-version.ts';
import { sentPackageRef, splitKey } from '../core/object-keys.ts';
import type { Caller } from '../ports/identity.ts';
import type { Models } from '../ports/models.ts';
import { type Versions, versionsOf, versionView } from './model-versions.ts';
import type { Handlers, Principal } from './request.ts';
import type { ApiServices } from './services.ts';
import { expiresSeconds } from './sign-uploads.ts';
import { reserveStorage } from './storage-quota.ts';
import { signedView } from './views.ts';

type ChangeHandlers = Pick<Handlers, 'addVersion' | 'signPackage' | 'checkVersion' | 'offerVersion' | 'retireVersion'>;

/** What administrators do with the models of a service. */
export function modelChangeHandlers(services: ApiServices): ChangeHandlers {
  const { ports, newId } = services;
  /** The one person of a service without accounts is its administrator. */
  const adminsOnly = ({ caller }: Principal): Versions => {
    if (caller.admin || services.config.signIn === 'link') return versionsOf(ports);
    throw new Problem('adminsOnly', { what: 'everybody of the lab uses the models that are offered' });
  };

  return {
    async addVersion({ who, body: { bytes, parent, scores }, repeatable }) {
      const versions = adminsOnly(who);
      const limit = apiLimits.packageBytes;
      if (bytes > limit) throw new Problem('packageTooLarge', { bytes, limit }, { extra: { limit } });
      if (parent !== undefined) await versions.find(parent);
      const version = await versions.models.add({
        id: repeatable?.slice(0, 32) ?? newId(),
        kind: 'onnx',
        bytes,
        by: who.caller.sub,
        byName: nameOf(who.caller),
        ...(parent !== undefined && { parent }),
        ...(scores !== undefined && { scores }),
      });
      return versions.view(version);
    },

    async signPackage({ who, params }) {
      const version = await adminsOnly(who).find(params.version);
      return { request: await signPackage(who.owner, version, services) };
    },

    async checkVersion({ who, params }) {
      const versions = adminsOnly(who);
      const { id } = await versions.find(params.version);
      const ref = sentPackageRef(id);
      if ((await ports.objects.head(ref)) === undefined) throw new Problem('packageMissing', {});
      const view = await change(
        versions,
        id,
        (models) => models.checkAgain(id),
        ({ state }) => `it is ${state}, so its check is over`,
      );
      await ports.queue.send('files', [splitKey(ref.key)]);
      return view;
    },

    async offerVersion({ who, params }) {
      const versions = adminsOnly(who);
      const { id } = await versions.find(params.version);
      return change(
        versions,
        id,
        (models) => models.offer(id, { id: who.owner, name: nameOf(who.caller) }),
        whyNotOffered,
      );
    },

    async retireVersion({ who, params }) {
      const versions = adminsOnly(who);
      const { id } = await versions.find(params.version);
      return change(
        versions,
        id,
        (models) => models.retire(id),
        ({ state }) => (state === 'checking' ? 'it is being checked: wait until that ends' : `it is ${state} already`),
      );
    },
  };
}

/** For people. */
const nameOf = ({ name, email, sub }: Caller): string => name ?? email ?? sub;

async function signPackage(owner: string, { id, state, bytes }: ModelVersion, services: ApiServices) {
  const { ports, signed, transfer = usualTransfer } = services;
  const ref = sentPackageRef(id);
  if (state !== 'added' && state !== 'refused')
    throw new Problem('versionState', { why: `it is ${state}, and its package does not change` });
  if ((await ports.objects.head(ref)) !== undefined)
    throw new Problem('versionState', { why: 'its package has arrived already' });
  await reserveStorage(owner, [{ ref, bytes }], { ...services, transfer }, ports.jobs);
  return signedView(await signed.signPut(ref, { bytes, expiresSeconds }));
}

type Why = (version: ModelVersion, registry: ModelRegistry) => string;

/** The version as the change left it. Throws the problem `versionState` where that did not apply, with why. */
async function change({ models, find }: Versions, id: string, apply: (models: Models) => Promise<unknown>, why: Why) {
  const applied = await apply(models);
  const [version, all] = [await find(id), await models.all()];
  if (applied === undefined) throw new Problem('versionState', { why: why(version, all) });
  return versionView(version, all);
}

const whyNotOffered: Why = (version, { lines }) => {
  if (!isReady(version)) return `it is ${version.state}, and only what is ready can be offered`;
  const { name } = version.facts;
  const offered = lines.find((line) => line.name === name)?.offered;
  return offered === version.revision
    ? 'it is offered already'
    : `revision ${offered} of ${name} is offered, which is newer than ${version.revision}; retire that one and add this package again to go back to it`;
};
