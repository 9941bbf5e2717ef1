import { compareResults } from './compare.ts';
import type { GroupSummary } from './group-summary.ts';
import { byFolder, byPattern, byTable, type Grouping, type GroupingVerdict } from './groups.ts';
import { imagesOfTables, type JobTexts, meanSizes } from './table-images.ts';

/** How images get their conditions, as a user says it: by folder, a regular expression, or the text of a table and its name. */
export type GroupingChoice =
  | { by: 'folders' }
  | { by: 'pattern'; pattern: string }
  | { by: 'table'; name: string; text: string };

export interface TableComparison {
  summary: GroupSummary;
  /** Paths of images in no condition. */
  ungrouped: string[];
  /** Rows of the table of groups that are of no image. */
  unused: string[];
}

function groupingOf(choice: GroupingChoice): GroupingVerdict {
  if (choice.by === 'pattern') return byPattern(choice.pattern);
  return choice.by === 'table' ? byTable(choice.text, choice.name) : { grouping: byFolder() };
}

/**
 * Compares conditions by the tables of a job alone: numbers, densities, positive objects and sizes, of whole images and of
 * their regions. Intensities are in the measurements of each image, which only a report reads.
 */
export function compareTables(texts: JobTexts, choice: GroupingChoice): TableComparison | { refused: string } {
  const { grouping, refused } = groupingOf(choice);
  if (refused !== undefined) return { refused };
  return compared(texts, grouping);
}

function compared(texts: JobTexts, grouping: Grouping): TableComparison {
  const images = imagesOfTables(texts);
  const labels = new Map(images.map(({ path }) => [path, grouping.labelsOf(path)]));
  const { summary } = compareResults(
    { images, failed: 0, rules: texts.rules ?? [] },
    { labels, means: meanSizes(texts.summary) },
  );
  const ungrouped = [...labels].filter(([, own]) => own === undefined).map(([path]) => path);
  return { summary, ungrouped, unused: grouping.unused() };
}
