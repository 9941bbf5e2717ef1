import type { Io } from '../../io/events.ts';
import type { OpenStack } from '../stack.ts';
import { findUnrecorded, unknownTypes } from './adopt-unrecorded.ts';
import { changeState, resourcesOf, type StateResource } from './engine-state.ts';
import { isOfDeployment, mayBeOfDeployment } from './owned.ts';
import { resourceOf } from './urn.ts';

/** Adopted by a labdeploy that was killed before it read the resource back. */
const isUnread = ({ custom, outputs }: StateResource): boolean => custom && outputs === undefined;

/**
 * Recovers what a change that was cut off left unrecorded. A resource that was being made, or that is `planned` to be
 * made after a change that failed, may be there already: it is adopted with its id and read back, so that it is neither
 * made twice nor forgotten. Everything else that was under way is recorded as it was before, and is done again.
 */
export async function settlePendingOperations(
  stack: OpenStack,
  planned: readonly StateResource[],
  io: Io,
): Promise<void> {
  const adopted = await adopt(stack, planned);
  if (adopted.size === 0) return;
  await readBack(stack, new Set(adopted));
  await dropForeign(stack, adopted);
  for (const { urn, id } of await resourcesOf(stack.engine))
    if (adopted.has(urn)) io.emit('deploy.adopted', { resource: resourceOf(urn), id: id ?? stack.name });
}

/** URNs of what is recorded now with no more than its id. */
async function adopt({ engine, account }: OpenStack, planned: readonly StateResource[]): Promise<ReadonlySet<string>> {
  const adopted = new Map<string, StateResource>();
  const last = await engine.info();
  await changeState(engine, async (state) => {
    const { resources = [], pending_operations: pending = [] } = state;
    for (const { pendingReplacement: _, ...resource } of resources.filter(isUnread))
      adopted.set(resource.urn, resource);
    if (pending.length + adopted.size === 0 && (last === undefined || last.result === 'succeeded')) return undefined;
    const recorded = resources.filter((resource) => !isUnread(resource));
    const known = new Set(recorded.map(({ urn }) => urn));
    const making = pending.filter(({ type }) => type === 'creating').map(({ resource }) => resource);
    for (const resource of [...making, ...planned]) {
      if (adopted.has(resource.urn) || !isMissing(resource, known) || !mayBeOfDeployment(resource, account)) continue;
      const id = await findUnrecorded(resource, account);
      if (id !== undefined) adopted.set(resource.urn, { ...resource, id });
    }
    if (pending.length === 0 && adopted.size === 0) return undefined;
    return { ...state, resources: [...recorded, ...adopted.values()], pending_operations: [] };
  });
  return new Set(adopted.keys());
}

/** Not recorded, while its parent and its provider are. */
const isMissing = (resource: StateResource, known: ReadonlySet<string>): boolean =>
  !known.has(resource.urn) &&
  known.has(resource.parent ?? '') &&
  !unknownTypes.test(resource.provider ?? '') &&
  known.has(providerOf(resource));

const providerOf = ({ provider = '' }: StateResource): string => provider.split('::').slice(0, -1).join('::');

/** Of some kinds the provider does not say that one is not there, but fails with this. */
const absence = /couldn't find resource/i;

/** What is not there goes from the state again. */
async function readBack({ engine }: OpenStack, adopted: Set<string>): Promise<void> {
  while (adopted.size > 0) {
    const absent = new Set<string>();
    try {
      return void (await engine.refresh({
        target: [...adopted],
        onEvent({ diagnosticEvent: diagnostic }) {
          if (diagnostic?.severity === 'error' && adopted.has(diagnostic.urn ?? '') && absence.test(diagnostic.message))
            absent.add(diagnostic.urn!);
        },
      }));
    } catch (error) {
      if (absent.size === 0) throw error;
      const unread = new Set<string>();
      await changeState(engine, (state) => {
        const resources = state.resources?.filter(({ urn }) => !absent.has(urn)) ?? [];
        for (const { urn } of resources.filter(isUnread)) unread.add(urn); // others were read before it failed
        return { ...state, resources };
      });
      for (const urn of adopted) if (!unread.has(urn)) adopted.delete(urn);
    }
  }
}

/** Whoever else has something of that name keeps it, and so does another region's stack of the same name. */
async function dropForeign({ engine, name: stack, account }: OpenStack, adopted: ReadonlySet<string>): Promise<void> {
  const isForeign = (resource: StateResource) =>
    adopted.has(resource.urn) && !isOfDeployment(resource, { stack, account });
  await changeState(engine, (state) => {
    const { resources = [] } = state;
    const own = resources.filter((resource) => !isForeign(resource));
    return own.length === resources.length ? undefined : { ...state, resources: own };
  });
}
