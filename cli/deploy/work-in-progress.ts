import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { formatBytes } from '../../functions/core/format-bytes.ts';
import { isAwaitedKey } from '../../functions/core/object-keys.ts';
import type { AwsAccount } from './account.ts';
import { archivedZips } from './cost/archived-zips.ts';
import type { StateResource } from './engine/engine-state.ts';
import { nameOf, typeOf } from './engine/urn.ts';
import { queueDepth } from './queue-depth.ts';
import { type Discardable, endingQueues } from './stateful.ts';

/** What a setting has in progress, or keeps where only it can fetch it. */
export interface WorkInProgress {
  setting: Discardable;
  /** What it is, how much, and what becomes of it without the setting. */
  work: string;
}

interface Deployed {
  resources: readonly StateResource[];
  account: AwsAccount;
}

/** Of the settings that a plan switches off, those that have work in progress now. Asks AWS about these alone. */
export async function workInProgress(
  changes: readonly { urn: string; op: string }[],
  deployed: Deployed,
): Promise<WorkInProgress[]> {
  const found = await Promise.all(
    endingQueues(changes).map(async ({ setting, urn }) => {
      const work = await workOf[setting]?.(urn, deployed);
      return work === undefined ? [] : [{ setting, work }];
    }),
  );
  return found.flat();
}

/** By setting: undefined where there is none. What `gallery` and `containers` hold goes with a resource that says so. */
const workOf: Partial<Record<Discardable, (queue: string, deployed: Deployed) => Promise<string | undefined>>> = {
  async archiving(_queue, { resources, account }) {
    const zips = await archivedZips({ buckets: { downloads: bucketOf(resources, 'downloads') } }, account);
    if (zips.length === 0) return undefined;
    const bytes = formatBytes(zips.reduce((sum, zip) => sum + zip.bytes, 0));
    return `the results of ${zips.length === 1 ? 'a job' : `${zips.length} jobs`} in the archive (${bytes}), which cannot be brought back while archiving is off, and go with their jobs`;
  },
  async large(queue, { resources, account }) {
    const { id } = resources.find(({ urn }) => urn === queue)!;
    const { waiting, hidden } = (await queueDepth(id!, account)) ?? { waiting: 0, hidden: 0 };
    const images = waiting + hidden;
    return images === 0
      ? undefined
      : `images that wait for a machine or are on one (${images}), which fail within some hours where a function cannot take them`;
  },
  async endpoint(_queue, { resources, account: { client } }) {
    const Bucket = bucketOf(resources, 'results');
    let images = 0;
    for await (const { Contents = [] } of paginateListObjectsV2({ client: new S3Client(client) }, { Bucket }))
      images += Contents.filter(({ Key = '' }) => isAwaitedKey(Key)).length;
    return images === 0
      ? undefined
      : `images that wait for an answer of the endpoint (${images}), which fail within some hours`;
  },
};

const bucketOf = (resources: readonly StateResource[], part: string): string =>
  resources.find(({ urn }) => typeOf(urn) === 'aws:s3/bucket:Bucket' && nameOf(urn).endsWith(`-${part}`))!.id!;
