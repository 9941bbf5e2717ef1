import { UserError } from '../errors.ts';
import type { Io } from '../io/events.ts';
import { resourcesOf } from './engine/engine-state.ts';
import type { PlannedChange } from './engine/run-operation.ts';
import { resourceOf } from './engine/urn.ts';
import type { OpenStack } from './stack.ts';
import { type Discardable, dataOf, losingChanges, settingOf } from './stateful.ts';
import { type WorkInProgress, workInProgress } from './work-in-progress.ts';

/**
 * No --yes stands for data. Throws `dataWouldGo` where a plan replaces or removes what the service is not without; where it
 * switches off a setting of which nobody said that it may go, `discardUnnamed` for what the setting holds, and
 * `workWouldStop` for what it has in progress.
 */
export async function assertKeepsData(
  stack: OpenStack,
  changes: readonly PlannedChange[],
  discard: readonly Discardable[],
): Promise<void> {
  const isNamed = (setting: Discardable | undefined) => discard.some((each) => each === setting);
  const lost = losingChanges(changes).filter(({ urn }) => !isNamed(settingOf(urn)));
  const settings = new Set(lost.map(({ urn }) => settingOf(urn)));
  if (lost.length > 0) {
    const resources = lost.map(lossOf).map(({ resource, data }) => `${resource}, with ${data}`);
    const named = { stack: stack.name, resources: resources.join('; ') };
    if (settings.has(undefined)) throw new UserError('dataWouldGo', named);
    throw new UserError('discardUnnamed', { ...named, options: optionsFor([...settings]) });
  }
  const stopped = (await workOf(stack, changes)).filter(({ setting }) => !isNamed(setting));
  if (stopped.length === 0) return;
  throw new UserError('workWouldStop', {
    stack: stack.name,
    work: stopped.map(({ work }) => work).join('; '),
    options: optionsFor(stopped.map(({ setting }) => setting)),
  });
}

/** The same for who only looks. */
export async function tellLosses(stack: OpenStack, changes: readonly PlannedChange[], io: Io): Promise<void> {
  for (const change of losingChanges(changes)) io.emit('deploy.wouldLose', lossOf(change));
  for (const each of await workOf(stack, changes)) io.emit('deploy.wouldStop', each);
}

const workOf = async ({ engine, account }: OpenStack, changes: readonly PlannedChange[]): Promise<WorkInProgress[]> =>
  workInProgress(changes, { resources: await resourcesOf(engine), account });

const optionsFor = (settings: readonly (Discardable | undefined)[]): string =>
  settings.map((each) => `--discard ${each}`).join(' ');

function lossOf({ urn }: PlannedChange) {
  const setting = settingOf(urn);
  return { resource: resourceOf(urn), data: dataOf(urn)!, ...(setting !== undefined && { setting }) };
}
