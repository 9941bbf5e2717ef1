import type { Deployment } from '@pulumi/pulumi/automation/index.js';
import type { Io } from '../io/events.ts';
import type { OpenStack } from './stack.ts';
import { findUnrecorded, type UnrecordedResource } from './unrecorded.ts';
import { resourceOf } from './urn.ts';

/** The parts of the engine's state, version 3, that matter here. Source: apitype.DeploymentV3 of the engine. */
interface EngineState {
  resources?: { urn: string }[];
  pending_operations?: { type: string; resource: UnrecordedResource }[];
}

/**
 * Takes up what a killed change left unrecorded: a resource that was being made may be there or not. What is there is
 * adopted with its id and read back, so that it is neither made twice nor forgotten. Everything else that was under way
 * is recorded as it was before, and the next change does it again.
 */
export async function settlePending(stack: OpenStack, io: Io): Promise<void> {
  const { engine, account } = stack;
  const exported = await engine.exportStack();
  const state = exported.deployment as EngineState | undefined;
  const pending = state?.pending_operations ?? [];
  if (pending.length === 0) return;
  const known = new Set(state?.resources?.map(({ urn }) => urn));
  const adopted: UnrecordedResource[] = [];
  for (const { type, resource } of pending) {
    if (type !== 'creating' || known.has(resource.urn)) continue;
    const id = await findUnrecorded(resource, account);
    if (id === undefined) continue;
    adopted.push({ ...resource, id });
    io.emit('deploy.adopted', { resource: resourceOf(resource.urn), id });
  }
  const settled: Deployment = {
    ...exported,
    deployment: { ...state, resources: [...(state?.resources ?? []), ...adopted], pending_operations: [] },
  };
  await engine.importStack(settled);
  if (adopted.length > 0) await engine.refresh({ target: adopted.map(({ urn }) => urn) });
}
