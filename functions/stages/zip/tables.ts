import { countedHow, objectsPerPlane } from '../../core/counted-objects.ts';
import { csvRow } from '../../core/csv.ts';
import { nextStep } from '../../core/errors.ts';
import type { Job } from '../../core/job.ts';
import { choicesOf } from '../../core/job-choices.ts';
import type { TableName } from '../../core/object-keys.ts';
import { outputName } from '../../core/output-names.ts';
import { type FileSummary, summaryHeader, summaryRow } from '../../core/summary.ts';
import type { FileReport } from './file-report.ts';
import { regionRows, regionsHeader } from './region-rows.ts';

export interface Reported {
  job: Pick<Job, 'name' | 'settings'>;
  /** Of this program, as in package.json. */
  version: string;
  /** In order of their paths. */
  files: readonly FileReport[];
  /** Some images have corrected labels: of the round that asked for it. */
  corrected?: { round: number; by: string; at: string };
}

/** Tables that are made of how the files ended; the others are made of all objects (compare-conditions). */
type WrittenTable = Exclude<TableName, 'group-summary.csv' | 'objects.csv'>;

const outcomes = { failed: 'failed', leftOut: 'left out' };

/**
 * The tables in the root of the results, as text in pieces. They hold no clock, no id and no count of retries, so that
 * the same images, model and settings give the same bytes.
 */
export const tables: Record<WrittenTable, (reported: Reported) => Iterable<string>> = {
  *'summary.csv'({ job: { settings }, files }) {
    yield summaryHeader(settings.positive);
    for (const report of files)
      if (report.state === 'done') yield summaryRow(report.summary, settings.positive, report.positives);
  },

  *'regions.csv'({ job: { settings }, files }) {
    yield regionsHeader(settings.positive);
    for (const report of files) if (report.state === 'done') yield* regionRows(report, settings.positive);
  },

  *'errors.csv'({ files }) {
    yield csvRow(['path', 'code', 'message', 'what_to_do', 'outcome']);
    for (const report of files) {
      if (report.state === 'done') continue;
      const { code, message } = report.failure;
      yield csvRow([report.file.path, code, message, nextStep(code), outcomes[report.state]]);
    }
  },

  *'manifest.json'({ job, version, files, corrected }) {
    const first = files.find((report) => report.state === 'done');
    const { model, probabilities = false } = job.settings;
    const settings = { ...choicesOf(job.settings), probabilities }; // how the folder came changes no result
    yield '{\n"files": [';
    for (const [i, report] of files.entries()) yield `${i === 0 ? '' : ','}\n${sortedJson(manifestFile(report))}`;
    yield corrected === undefined ? '\n],\n' : `\n],\n"corrected": ${sortedJson(corrected)},\n`;
    yield `"labdeploy": ${sortedJson(version)},\n"model": ${sortedJson({ ...model, ...first?.summary.model })},\n`;
    yield `"name": ${sortedJson(job.name)},\n"settings": ${sortedJson(settings)}\n}\n`;
  },
};

function manifestFile(report: FileReport): object {
  if (report.state !== 'done') {
    const { path, bytes } = report.file;
    return { path, bytes, state: report.state, failure: report.failure };
  }
  const { path, bytes, sha256, channel, objects, counted, outputs, regions, corrected } = report.summary;
  const results = outputs.map(({ kind }) => outputName(report.stem, kind)).sort();
  return {
    ...{ path, bytes, sha256, state: 'done', channel, objects, results },
    ...(counted && countedIn(report.summary)),
    ...(corrected && { corrected }),
    ...(regions && { regions: { file: regions.file, sha256: regions.sha256 } }),
  };
}

const countedIn = (summary: FileSummary) => ({
  counted: countedHow(summary),
  objectsPerPlane: objectsPerPlane(summary),
});

/** JSON with the keys of every object in order, so that equal values are equal bytes. */
function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
