import { ConcurrentUpdateError, type EngineEvent } from '@pulumi/pulumi/automation/index.js';
import { UserError } from '../../errors.ts';
import { isCancelled } from '../../fault-text.ts';
import type { Io } from '../../io/events.ts';
import type { OpenStack } from '../stack.ts';
import { forgetDeletedRoles } from './deleted-roles.ts';
import { forgetDeletedUserPools } from './deleted-user-pools.ts';
import type { StateResource } from './engine-state.ts';
import { type EngineFault, explainEngineFaults, textOf } from './faults.ts';
import { holdersIn, untilLeft } from './locks.ts';
import { settlePendingOperations } from './pending-operations.ts';
import { type PropertyChange, propertyChanges } from './property-changes.ts';
import { partOf, resourceOf } from './urn.ts';

export type Verb = 'up' | 'preview' | 'destroy';

/** What one resource is to become. */
export interface PlannedChange {
  urn: string;
  type: string;
  op: string;
  /** Absent for a new or a removed resource. */
  properties?: PropertyChange[];
  /** As the engine would record it; of what is to be made. */
  made?: StateResource;
}

export interface OperationResult {
  /** In the order in which the engine took them; without what stays the same. */
  changes: PlannedChange[];
  seconds: number;
}

interface RunOptions {
  signal: AbortSignal;
  /** Changes expected in each part, from a preview; absent: what is met is counted. */
  planned?: readonly PlannedChange[];
  /** URNs that are left as they are. */
  exclude?: readonly string[];
  /** Read everything back from the account first. */
  refresh?: boolean;
  /** Of labdeploy, of which this is a part; absent: that of the same name. */
  command?: Verb;
}

const unchangingSteps = new Set(['same', 'read', 'refresh']);
/** Components and providers are the program's own order; the account does not see them. */
const isAwsResource = (type: string): boolean => type.startsWith('aws:');

/** Runs one operation of the engine, tells its progress, and turns its failure into one clear error. */
export async function runOperation(
  stack: OpenStack,
  verb: Verb,
  io: Io,
  options: RunOptions,
): Promise<OperationResult> {
  const progress = new OperationProgress(verb, io, options);
  const started = performance.now();
  const tick = setInterval(() => progress.tell(), 1000);
  try {
    const { signal, exclude = [], refresh = false } = options;
    const planned = (options.planned ?? []).flatMap(({ made }) => (made === undefined ? [] : [made]));
    await start(stack, { verb, planned }, io, {
      onEvent: (event) => progress.take(event),
      signal,
      ...(exclude.length > 0 && { exclude: [...exclude] }),
      ...(refresh && { refresh }),
    });
  } catch (error) {
    if (options.signal.aborted) {
      throw new UserError('interrupted', {
        next: `run labdeploy ${options.command ?? verb} --stack ${stack.name} again: it goes on from here`,
      });
    }
    throw explainEngineFaults(faultsOf(progress, error), stack.name, error);
  } finally {
    clearInterval(tick);
  }
  return { changes: progress.changes, seconds: (performance.now() - started) / 1000 };
}

interface EngineOptions {
  onEvent(event: EngineEvent): void;
  signal: AbortSignal;
  exclude?: string[];
  refresh?: boolean;
}

/** A lock that a killed process of this machine left has no holder: it is broken, or waited for. Any other is respected. */
async function start(
  stack: OpenStack,
  { verb, planned }: { verb: Verb; planned: readonly StateResource[] },
  io: Io,
  options: EngineOptions,
): Promise<void> {
  const attempt = async () => {
    if (verb !== 'preview') await settlePendingOperations(stack, planned, io);
    if (verb === 'destroy') {
      await forgetDeletedUserPools(stack);
      await forgetDeletedRoles(stack);
    }
    await call(stack, verb, options);
  };
  try {
    await attempt();
  } catch (error) {
    if (!(error instanceof ConcurrentUpdateError)) throw error;
    const holders = holdersIn(textOf(error));
    if (holders.length === 0 || !(await untilLeft(holders, io, options.signal))) throw error;
    await stack.engine.cancel();
    await attempt();
  }
}

/** Nearly all the time AWS is waited for; the engine's own default counts processors. */
const parallel = 32;

async function call({ engine }: OpenStack, verb: Verb, given: EngineOptions): Promise<void> {
  const options = { ...given, parallel };
  if (verb === 'up') await engine.up(options);
  else if (verb === 'preview') await engine.preview(options);
  else await engine.destroy(options);
}

function faultsOf({ faults }: OperationProgress, error: unknown): EngineFault[] {
  return faults.length > 0 ? faults : [{ message: textOf(error) }];
}

/** Follows the engine's events. */
class OperationProgress {
  readonly changes: PlannedChange[] = [];
  readonly faults: EngineFault[] = [];
  readonly #verb: Verb;
  readonly #io: Io;
  readonly #signal: AbortSignal;
  readonly #started = performance.now();
  readonly #totals: Map<string, number> | undefined;
  readonly #done = new Map<string, number>();
  readonly #current = new Set<string>();
  #failed = 0;

  constructor(verb: Verb, io: Io, { planned, signal }: Pick<RunOptions, 'planned' | 'signal'>) {
    this.#verb = verb;
    this.#io = io;
    this.#signal = signal;
    if (planned !== undefined) {
      this.#totals = new Map();
      for (const { urn } of planned) this.#totals.set(partOf(urn), (this.#totals.get(partOf(urn)) ?? 0) + 1);
    }
  }

  take(event: EngineEvent): void {
    const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent } = event;
    if (resourcePreEvent !== undefined) this.#start(resourcePreEvent.metadata);
    if (resOutputsEvent !== undefined) this.#end(resOutputsEvent.metadata.urn, resOutputsEvent.metadata.op);
    if (resOpFailedEvent !== undefined) {
      this.#failed++;
      this.#current.delete(resOpFailedEvent.metadata.urn);
    }
    const note = /^labdeploy: (.+)/.exec(plain(diagnosticEvent?.message ?? ''))?.[1];
    if (note !== undefined && this.#verb === 'preview') this.#io.emit('deploy.note', { text: note });
    if (diagnosticEvent?.severity === 'error') this.#fault(diagnosticEvent);
  }

  #fault({ urn, message }: { urn?: string; message: string }): void {
    if (this.#signal.aborted && isCancelled(message)) return; // of each request that the Ctrl-C cut off
    const resource = urn === undefined || urn === '' ? undefined : resourceOf(urn);
    this.faults.push({ message: plain(message), ...(resource !== undefined && { resource }) });
    if (resource !== undefined) this.#io.emit('deploy.resourceFailed', { resource, message: plain(message) });
  }

  #start({ urn, type, op, detailedDiff, diffs, provider, old, new: next }: ResourceMetadata): void {
    if (unchangingSteps.has(op) || !isAwsResource(type)) return;
    const properties = propertyChanges(detailedDiff, diffs, { before: old, after: next });
    this.changes.push({
      urn,
      type,
      op,
      ...(properties.length > 0 && { properties }),
      ...(op === 'create' &&
        next && { made: { urn, type, custom: true, inputs: next.inputs, parent: next.parent, provider } }),
    });
    if (this.#verb === 'preview') return;
    this.#current.add(urn);
    this.tell();
  }

  #end(urn: string, op: string): void {
    if (unchangingSteps.has(op) || !this.#current.delete(urn)) return;
    this.#done.set(partOf(urn), (this.#done.get(partOf(urn)) ?? 0) + 1);
    this.#io.emit('deploy.resource', { op, resource: resourceOf(urn) });
    this.tell();
  }

  tell(): void {
    if (this.#verb === 'preview') return;
    const parts = new Set([...(this.#totals?.keys() ?? []), ...this.#done.keys()]);
    this.#io.emit('deploy.progress', {
      verb: this.#verb,
      done: sum(this.#done),
      ...(this.#totals !== undefined && { total: sum(this.#totals) }),
      failed: this.#failed,
      seconds: (performance.now() - this.#started) / 1000,
      parts: [...parts].sort().map((part) => {
        const total = this.#totals?.get(part);
        return { part, done: this.#done.get(part) ?? 0, ...(total !== undefined && { total }) };
      }),
      current: [...this.#current].map(resourceOf),
    });
  }
}

type ResourceMetadata = NonNullable<EngineEvent['resourcePreEvent']>['metadata'];

const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((a, b) => a + b, 0);

/** The engine marks colours as `<{%fg 1%}>`. */
const plain = (message: string): string => message.replace(/<\{%.*?%\}>/g, '').trim();
