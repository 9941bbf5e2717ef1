import type { LabArchive } from '../functions/contract/lab.ts';
import { type ArchiveCost, archiveCost } from '../functions/core/archive-cost.ts';

export interface ArchivedOf {
  jobs: number;
  /** Of the zips. */
  bytes: number;
  /** Absent where the archive is a disk of the lab. */
  cost?: ArchiveCost;
}

/** What is archived of a lab, or on its way there and back. */
export interface ArchivedOfLab extends ArchivedOf {
  /** By person, whoever has most first. */
  people: (ArchivedOf & { id: string })[];
  prices?: NonNullable<LabArchive['prices']>;
}

/** Adds up all pages; undefined where nothing is archived. */
export async function archivedOfLab(
  ask: (cursor: string | undefined) => Promise<LabArchive>,
): Promise<ArchivedOfLab | undefined> {
  const items: LabArchive['items'] = [];
  let prices: LabArchive['prices'];
  let cursor: string | undefined;
  do {
    const page = await ask(cursor);
    items.push(...page.items);
    ({ prices, cursor } = page);
  } while (cursor !== undefined);
  if (items.length === 0) return undefined;
  const sum = (jobs: LabArchive['items']): ArchivedOf => ({
    jobs: jobs.length,
    bytes: jobs.reduce((bytes, job) => bytes + job.bytes, 0),
    ...(prices !== undefined && { cost: archiveCost(jobs, prices) }),
  });
  const people = [...Map.groupBy(items, ({ owner }) => owner)]
    .map(([id, jobs]) => ({ id, ...sum(jobs) }))
    .sort((a, b) => b.bytes - a.bytes);
  return { ...sum(items), people, ...(prices !== undefined && { prices }) };
}
