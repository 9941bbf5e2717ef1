import type { ArchivePrices } from '../core/archive-cost.ts';

/**
 * Of S3's Glacier Flexible Retrieval, of the first tier and without tax. Requests and retrieved GB: AWS knowledge centre,
 * manage data retrieval. A month of a GB: pages of others than AWS; that of S3 Standard is AWS's.
 */
export const archivePrices: ArchivePrices = {
  of: 'us-east-1',
  date: '2026-11-30',
  archivedGb: 0.0036,
  liveGb: 0.023,
  expedited: { request: 0.01, gb: 0.03 },
  standard: { request: 0.00005, gb: 0.01 },
};
