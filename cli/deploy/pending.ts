import { stackTag, taggedTypes } from '../../policies/tagged-types.ts';
import type { Io } from '../io/events.ts';
import type { OpenStack } from './stack.ts';
import { findUnrecorded, type UnrecordedResource, unknown } from './unrecorded.ts';
import { resourceOf } from './urn.ts';

/** The parts of the engine's state, version 3, that matter here. Source: apitype.DeploymentV3 of the engine. */
interface EngineState {
  resources?: StateResource[];
  pending_operations?: { type: string; resource: UnrecordedResource }[];
}

interface StateResource {
  urn: string;
  type: string;
  custom: boolean;
  id?: string;
  outputs?: { tags?: Record<string, string> };
}

/** Adopted by a labdeploy that was killed before it read the resource back. */
const isUnread = ({ custom, outputs }: StateResource): boolean => custom && outputs === undefined;

/**
 * Takes up what a change that was cut off left unrecorded. A resource that was being made, or that is `planned` to be
 * made after a change that failed, may be there already: it is adopted with its id and read back, so that it is neither
 * made twice nor forgotten. Everything else that was under way is recorded as it was before, and is done again.
 */
export async function settlePending(stack: OpenStack, planned: readonly UnrecordedResource[], io: Io): Promise<void> {
  const { engine, account, name } = stack;
  const exported = await engine.exportStack();
  const state = exported.deployment as EngineState | undefined;
  const pending = state?.pending_operations ?? [];
  const last = await engine.info();
  const resources = state?.resources?.filter((resource) => !isUnread(resource)) ?? [];
  const unread = (state?.resources?.filter(isUnread) ?? []) as unknown as UnrecordedResource[];
  if (pending.length + unread.length === 0 && (last === undefined || last.result === 'succeeded')) return;
  const making = pending.filter(({ type }) => type === 'creating').map(({ resource }) => resource);
  const known = new Set(resources.map(({ urn }) => urn));
  const adopted = new Map(unread.map(({ urn, pendingReplacement: _, ...resource }) => [urn, { urn, ...resource }]));
  for (const resource of [...making, ...planned]) {
    if (known.has(resource.urn) || adopted.has(resource.urn) || !known.has(resource.parent ?? '')) continue;
    if (unknown.test(resource.provider ?? '') || !known.has(providerOf(resource))) continue;
    const id = await findUnrecorded(resource, account);
    if (id !== undefined) adopted.set(resource.urn, { ...resource, id });
  }
  if (pending.length === 0 && adopted.size === 0) return;
  const settled = { ...state, resources: [...resources, ...adopted.values()], pending_operations: [] };
  await engine.importStack({ ...exported, deployment: settled });
  if (adopted.size === 0) return;
  await readBack(stack, new Set(adopted.keys()));
  await dropForeign(stack, new Set(adopted.keys()));
  const { deployment } = await engine.exportStack();
  for (const { urn, id } of (deployment as EngineState).resources ?? [])
    if (adopted.has(urn)) io.emit('deploy.adopted', { resource: resourceOf(urn), id: id ?? name });
}

/** Of some kinds the provider does not say that one is not there, but fails with this. */
const absence = /couldn't find resource/i;

/** What is not there goes from the state again. */
async function readBack({ engine }: OpenStack, adopted: Set<string>): Promise<void> {
  while (adopted.size > 0) {
    const absent = new Set<string>();
    try {
      return void (await engine.refresh({
        target: [...adopted],
        onEvent({ diagnosticEvent: told }) {
          if (told?.severity === 'error' && adopted.has(told.urn ?? '') && absence.test(told.message))
            absent.add(told.urn!);
        },
      }));
    } catch (error) {
      if (absent.size === 0) throw error;
      const exported = await engine.exportStack();
      const state = exported.deployment as EngineState;
      const resources = state.resources?.filter(({ urn }) => !absent.has(urn)) ?? [];
      await engine.importStack({ ...exported, deployment: { ...state, resources } });
      const unread = new Set(resources.filter(isUnread).map(({ urn }) => urn)); // others were read before it failed
      for (const urn of adopted) if (!unread.has(urn)) adopted.delete(urn);
    }
  }
}

const providerOf = ({ provider = '' }: UnrecordedResource): string => provider.split('::').slice(0, -1).join('::');

/** Whoever else has something of that name keeps it: what carries tags carries this stack's. */
async function dropForeign({ engine, name }: OpenStack, adopted: ReadonlySet<string>): Promise<void> {
  const exported = await engine.exportStack();
  const state = exported.deployment as EngineState;
  const isForeign = ({ urn, type, outputs }: StateResource) =>
    adopted.has(urn) && taggedTypes[type] === true && outputs?.tags?.[stackTag] !== name;
  const own = state.resources?.filter((resource) => !isForeign(resource)) ?? [];
  if (own.length === state.resources?.length) return;
  await engine.importStack({ ...exported, deployment: { ...state, resources: own } });
}
