import type { OpenStack } from '../stack.ts';
import { inDeletedUserPools } from './deleted-user-pools.ts';
import { resourcesOf } from './engine-state.ts';
import { explainEngineFaults, textOf } from './faults.ts';
import { resourceOf } from './urn.ts';

/** Nearly all the time AWS is waited for. */
const parallel = 32;

/** What the state has and the account has no more, as people read it: it was removed by hand. Changes nothing. */
export async function missingResources(
  { engine, account, name }: OpenStack,
  { signal }: { signal: AbortSignal },
): Promise<string[]> {
  const missing = new Set(await inDeletedUserPools(await resourcesOf(engine), account));
  try {
    await engine.previewRefresh({
      ...{ parallel, signal, exclude: [...missing] }, // IAM does not answer about a pool that is gone
      onEvent({ resOutputsEvent: read }) {
        if (read?.metadata.op === 'delete' && read.metadata.type.startsWith('aws:')) missing.add(read.metadata.urn);
      },
    });
  } catch (error) {
    throw explainEngineFaults([{ message: textOf(error) }], name, error);
  }
  return [...missing].map(resourceOf).sort();
}
