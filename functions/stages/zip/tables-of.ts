import { type TableName, tableNames } from '../../core/object-keys.ts';
import { isCompared } from './compare-conditions.ts';
import type { Reported } from './tables.ts';

/** The tables that a job has: regions.csv only where an image has regions, those of conditions only where there are several. */
export function tablesOf(reported: Reported): TableName[] {
  const hasRegions = reported.files.some((report) => report.state === 'done' && report.summary.regions !== undefined);
  const compared = isCompared(reported);
  const has: Partial<Record<TableName, boolean>> = {
    'regions.csv': hasRegions,
    'group-summary.csv': compared,
    'objects.csv': compared,
  };
  return tableNames.filter((name) => has[name] !== false);
}
