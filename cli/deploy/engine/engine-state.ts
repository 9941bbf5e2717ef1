import type { Stack } from '@pulumi/pulumi/automation/index.js';
import { mapValues } from '../../../functions/core/map-values.ts';

/** The parts of the engine's state, version 3, that matter here. Source: apitype.DeploymentV3 of the engine. */
export interface EngineState {
  resources?: StateResource[];
  pending_operations?: { type: string; resource: StateResource }[];
}

/** A resource as the engine records it. */
export interface StateResource {
  urn: string;
  type: string;
  /** False for a component. */
  custom: boolean;
  /** The provider's name of it; absent for components, and while it is being made. */
  id?: string;
  inputs?: Properties;
  /** Absent until it was made or read. */
  outputs?: Properties;
  parent?: string;
  /** `{urn}::{id}`. */
  provider?: string;
  /** URNs. */
  dependencies?: string[];
  propertyDependencies?: Record<string, string[]>;
  pendingReplacement?: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: what a provider's properties are, only its types know
export type Properties = Record<string, any>;

/** Everything that the stack has; nothing where it was never deployed. */
export async function resourcesOf(engine: Stack): Promise<StateResource[]> {
  const { deployment } = await engine.exportStack();
  return (deployment as EngineState | undefined)?.resources ?? [];
}

/**
 * Puts another state in place of the engine's; undefined leaves it. The engine takes none while another process changes the
 * stack, and forgets with it what was under way.
 */
export async function changeState(
  engine: Stack,
  change: (state: EngineState) => EngineState | undefined | Promise<EngineState | undefined>,
): Promise<void> {
  const exported = await engine.exportStack();
  const deployment = await change((exported.deployment as EngineState | undefined) ?? {});
  if (deployment !== undefined) await engine.importStack({ ...exported, deployment });
}

/** The state as if it had never had these. */
export function withoutResources(state: EngineState, urns: ReadonlySet<string>): EngineState {
  const known = (needed: string[] = []) => needed.filter((urn) => !urns.has(urn));
  const kept = (state.resources ?? [])
    .filter(({ urn }) => !urns.has(urn))
    .map((resource) => ({
      ...resource,
      dependencies: known(resource.dependencies),
      propertyDependencies: mapValues(resource.propertyDependencies ?? {}, known),
    }));
  return { ...state, resources: kept };
}
