import { join } from 'node:path';
import { type Bucket, downloadName, type ResultKind, tableAt } from '../../core/object-keys.ts';
import { outputName, outputStems } from '../../core/output-names.ts';
import type { FileSummary } from '../../core/summary.ts';

/** Results that users see; the summary of each image stays with labdeploy's own files. */
const shownKinds = new Set<string>([
  'labels.tif',
  'preview.png',
  'measurements.csv',
  'prob.tif',
  'labels.ome.tif',
  'labels.ozx',
  'rois.zip',
] satisfies ResultKind[]);

/** Where results are in the output folder, under the names that they have in the zip. */
export interface ResultFiles {
  /** More files of the job are known. Names depend on all of them, so they must be known before the first result. */
  register(paths: Iterable<string>): void;
  nameOf(path: string, kind: ResultKind): string;
  /** Files of an image that is done, below the output folder. */
  filesOf(summary: Pick<FileSummary, 'path' | 'outputs'>): string[];
  /** The file of a result object; undefined for what users do not see. `path`: below the job's prefix. */
  fileOf(bucket: Bucket, path: string): string | undefined;
}

export function resultFiles(folder: string): ResultFiles {
  const paths = new Set<string>();
  let stems: Map<string, string> | undefined;
  const nameOf = (path: string, kind: ResultKind) => {
    stems ??= outputStems(paths);
    const stem = stems.get(path);
    if (stem === undefined) throw new Error(`a result of ${path}, which is no file of the job`);
    return outputName(stem, kind);
  };
  return {
    nameOf,
    filesOf: ({ path, outputs }) =>
      outputs.filter(({ kind }) => shownKinds.has(kind)).map(({ kind }) => nameOf(path, kind)),
    register(more) {
      for (const path of more) paths.add(path);
      stems = undefined;
    },
    fileOf(bucket, path) {
      if (bucket === 'downloads') return join(folder, downloadName);
      if (bucket !== 'results') return undefined;
      const table = tableAt(path);
      if (table !== undefined) return join(folder, table);
      const slash = path.lastIndexOf('/');
      const image = path.slice(0, slash);
      const kind = path.slice(slash + 1);
      return shownKinds.has(kind) ? join(folder, nameOf(image, kind as ResultKind)) : undefined;
    },
  };
}
