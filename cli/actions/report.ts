import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { modelCitations } from '../../functions/model/package/citations.ts';
import { listModels } from '../../functions/model/package/list.ts';
import { compareResults } from '../../functions/report/compare.ts';
import { groupSummaryCsv } from '../../functions/report/group-summary.ts';
import { byFolder, byPattern, byTable, type Grouping, ungrouped } from '../../functions/report/groups.ts';
import type { Manifest } from '../../functions/report/manifest.ts';
import type { Citation } from '../../functions/report/methods.ts';
import { objectsTable } from '../../functions/report/objects-table.ts';
import { reportPage } from '../../functions/report/page.ts';
import { isPlotFile, plotFiles } from '../../functions/report/plot-files.ts';
import { NoResults, openResults, type Results } from '../../functions/report/results.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { findModel, shippedModels } from '../run/find-model.ts';

export interface ReportOptions {
  groups?: string;
  output?: string;
  model?: string;
}

/** Compares the conditions of one job's results: a page, tables and plots. */
export async function report(results: string, options: ReportOptions, context: CommandContext): Promise<void> {
  const { io, cwd } = context;
  const folder = resolve(cwd, results);
  if (!existsSync(folder)) throw new UserError('inputMissing', { path: results });
  try {
    const found = await openResults(folder);
    if (found.images.length === 0) throw new UserError('nothingReported', { folder });
    const grouping = await groupingOf(options.groups, found, cwd);
    const labels = new Map(found.images.map(({ path }) => [path, grouping.labelsOf(path)]));
    const unlabelled = [...labels].filter(([, each]) => each === undefined).map(([path]) => path);
    if (unlabelled.length === found.images.length)
      throw new UserError('groupsMatchNothing', {
        groups: options.groups ?? 'folders',
        example: found.images[0]!.path,
      });
    const citations = await citationsOf(found.manifest, options.model, cwd);
    const unused = grouping.unused();
    if (unlabelled.length > 0) io.emit('report.ungrouped', { images: unlabelled });
    if (unused.length > 0) io.emit('report.unusedGroups', { rows: unused });
    if (citations === undefined) io.emit('report.noCard', { model: found.manifest.model.name });
    const page = resolve(cwd, options.output ?? join(folder, 'report', 'report.html'));
    await writeReport(page, { found, grouping, labels, unlabelled, unused, citations }, context);
  } catch (error) {
    if (!(error instanceof NoResults)) throw error;
    throw new UserError('resultsMissing', { folder, file: error.file, detail: error.message }, { cause: error });
  }
}

async function groupingOf(groups: string | undefined, { images }: Results, cwd: string): Promise<Grouping> {
  if (groups === undefined) return images.some(({ path }) => path.includes('/')) ? byFolder() : ungrouped();
  if (groups === 'folders') return byFolder();
  const file = resolve(cwd, groups);
  const isTable = /\.(csv|tsv|txt)$/i.test(groups);
  if (isTable && !existsSync(file)) throw new UserError('inputMissing', { path: file });
  const { grouping, refused } = isTable ? byTable(await readFile(file, 'utf8'), basename(file)) : byPattern(groups);
  if (refused !== undefined) throw new UserError('groupsInvalid', { groups, detail: refused });
  return grouping;
}

/** Of the package that is named, else of the shipped model that made the results; undefined where it is none of those. */
async function citationsOf(
  { model }: Manifest,
  named: string | undefined,
  cwd: string,
): Promise<readonly Citation[] | undefined> {
  if (named !== undefined) {
    const { definition, citations } = await modelCitations(findModel(named, cwd));
    if (definition === model.definition) return citations;
    throw new UserError('modelOfOthers', { model: named, made: `${model.name} ${model.version ?? ''}`.trim() });
  }
  for (const { path } of await listModels([shippedModels])) {
    const { definition, citations } = await modelCitations(path);
    if (definition === model.definition) return citations;
  }
  return undefined;
}

interface Plan {
  found: Results;
  grouping: Grouping;
  labels: ReadonlyMap<string, Readonly<Record<string, string>> | undefined>;
  unlabelled: readonly string[];
  unused: readonly string[];
  citations: readonly Citation[] | undefined;
}

async function writeReport(page: string, plan: Plan, { io, signal }: CommandContext): Promise<void> {
  const { found, grouping, labels, unlabelled, unused, citations } = plan;
  const folder = dirname(page);
  const [objectsFile, summaryFile, plots] = ['objects.csv', 'group-summary.csv', 'plots'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  try {
    await refuseOthers(page, [objectsFile, summaryFile, plots]);
    await mkdir(plots, { recursive: true });
    const table = await objectsTable(
      found.images.map(({ path, measurements }) => ({
        ...{ path, name: measurements, open: () => createReadStream(measurements) },
        labels: grouping.names.map((name) => labels.get(path)?.[name] ?? ''),
      })),
      grouping.names,
    );
    await writeWhole(objectsFile, table.rows(), signal);
    const compared = compareResults(
      {
        images: found.images,
        failed: found.others.filter(({ state }) => state === 'failed').length,
        rules: found.manifest.settings.positive ?? [],
      },
      { labels, means: table.means },
    );
    await writeWhole(summaryFile, groupSummaryCsv(compared.summary), signal);
    for await (const { name, data } of plotFiles(compared.summary)) await writeFile(join(plots, name), data);
    const facts = { ...compared, results: found, grouping: grouping.how, ungrouped: unlabelled, unused, citations };
    await writeWhole(page, reportPage({ ...facts, manifest: found.manifest }), signal);
    io.emit('report.done', {
      ...{ report: page, objectsTable: objectsFile, summaryTable: summaryFile, plots, objects: table.objects },
      unit: compared.summary.unit,
      groups: compared.summary.groups.map(({ condition, images, animals, values }) => ({
        ...{ condition, images, ...(animals !== undefined && { animals }) },
        medianObjects: values.get('objects')!.statistics.median!,
      })),
      failed: compared.images.failed,
      leftOut: found.others.length - compared.images.failed,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new UserError('outputUnwritable', { folder, detail: (error as Error).message }, { cause: error });
  }
}

/** Tables and plots of these names that lie beside no report may be the user's own. Plots of an earlier report go. */
async function refuseOthers(page: string, others: readonly string[]): Promise<void> {
  const taken = others.find((file) => existsSync(file));
  if (taken !== undefined && !existsSync(page)) throw new UserError('reportTaken', { file: taken });
  const plots = others.at(-1)!;
  if (!existsSync(plots)) return;
  for (const name of await readdir(plots)) if (isPlotFile(name)) await rm(join(plots, name));
}

/** Under another name until it is whole. */
async function writeWhole(
  file: string,
  text: Iterable<string> | AsyncIterable<string>,
  signal: AbortSignal,
): Promise<void> {
  const unfinished = `${file}.new`;
  try {
    await pipeline(Readable.from(text), createWriteStream(unfinished), { signal });
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
