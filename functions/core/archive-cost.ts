/** US dollars; a GB is 1e9 bytes. */
export interface ArchivePrices {
  /** Whose list prices they are, and of which day. */
  of: string;
  date: string;
  /** A month of a GB, in the archive and where it can be read. */
  archivedGb: number;
  liveGb: number;
  /** Of bringing results back, each way: a request, and a GB. */
  expedited: { request: number; gb: number };
  standard: { request: number; gb: number };
}

/** Results of one job that are in the archive, or on their way. */
export interface ArchivedResults {
  owner: string;
  /** Of the zip. */
  bytes: number;
}

/** US dollars. */
export interface ArchiveCost {
  /** As they are. */
  month: number;
  /** If they were not archived. */
  liveMonth: number;
  /** Of bringing all back, once: as another plan does it, and all the slow way. */
  restore: number;
  slowRestore: number;
}

/** Larger zips do not come at once. Source: S3 user guide, archive retrieval options: 1 to 5 minutes for up to 250 MB. */
export const expeditedBytes = 250e6;
/** Of one owner at once; the others come at the lower price. A fast request costs a cent. Source: AWS knowledge centre, manage data retrieval: $10 a thousand. */
export const expeditedJobs = 100;

/** The jobs of each owner in the order in which they are asked for. */
export function archiveCost(jobs: readonly ArchivedResults[], prices: ArchivePrices): ArchiveCost {
  const asked = new Map<string, number>();
  const cost: ArchiveCost = { month: 0, liveMonth: 0, restore: 0, slowRestore: 0 };
  for (const { owner, bytes } of jobs) {
    const before = asked.get(owner) ?? 0;
    asked.set(owner, before + 1);
    const isFast = before < expeditedJobs && bytes <= expeditedBytes;
    const restoring = ({ request, gb }: { request: number; gb: number }) => request + (gb * bytes) / 1e9;
    cost.month += (prices.archivedGb * bytes) / 1e9;
    cost.liveMonth += (prices.liveGb * bytes) / 1e9;
    cost.restore += restoring(isFast ? prices.expedited : prices.standard);
    cost.slowRestore += restoring(prices.standard);
  }
  return cost;
}
