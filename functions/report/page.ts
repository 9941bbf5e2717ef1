import { nextStep } from '../core/errors.ts';
import type { GroupSummary } from './group-summary.ts';
import { markupText, shownNumber } from './markup.ts';
import { type Citation, type MethodsFacts, methodsText, noPValues } from './methods.ts';
import { pageHead } from './page-head.ts';
import { pageStyle } from './page-style.ts';
import { fewestOfBox, plotName, stripPlot } from './plot.ts';
import type { Results } from './results.ts';

export interface ReportFacts extends MethodsFacts {
  results: Results;
  /** Paths that belong to no condition. */
  ungrouped: readonly string[];
  /** What the lab listed and no image is. */
  unused: readonly string[];
  /** Undefined where the model's card was not found. */
  citations: readonly Citation[] | undefined;
}

/** The report as one HTML page in pieces: no script, nothing from elsewhere, nothing of the time it was made. */
export function* reportPage(facts: ReportFacts): Generator<string> {
  const { manifest, summary } = facts;
  yield `${pageHead(`Report: ${manifest.name}`, pageStyle)}\n`;
  yield* overview(facts);
  yield `<section><h2>Figures</h2>\n<p class="soft">${markupText(legend(summary))}</p>\n<div class="plots">\n`;
  for (const [i, measure] of summary.measures.entries())
    yield `<figure>${stripPlot(summary, measure, { name: plotName(measure, i), standalone: false })}</figure>\n`;
  yield '</div></section>\n';
  yield* groupTables(summary);
  yield* excluded(facts);
  yield* methods(facts);
  yield* imageTable(facts);
  yield '</main>\n</body>\n</html>\n';
}

function legend({ unit }: GroupSummary): string {
  const points =
    unit === 'animal'
      ? 'Each large point is an animal (the mean of its images), each small one an image.'
      : 'Each point is an image.';
  return `${points} The thick line is the median of the ${unit}s; from ${fewestOfBox} ${unit}s on a box shows the quartiles.`;
}

function* overview({ summary, images, ungrouped, results }: ReportFacts): Generator<string> {
  const withAnimals = summary.unit === 'animal';
  yield `<section><h2>Conditions</h2>\n<div class="wide" role="region" tabindex="0" aria-label="Conditions"><table><thead><tr><th scope="col" class="text">Condition</th>${withAnimals ? '<th scope="col">Animals</th>' : ''}<th scope="col">Images</th></tr></thead><tbody>\n`;
  for (const { condition, animals, images: count } of summary.groups)
    yield `<tr><th scope="row">${markupText(condition)}</th>${withAnimals ? `<td>${animals}</td>` : ''}<td>${count}</td></tr>\n`;
  yield '</tbody></table></div>\n';
  const leftOut = results.others.filter(({ state }) => state === 'leftOut').length;
  const missing = [
    ...(images.failed > 0 ? [`${images.failed} failed`] : []),
    ...(leftOut > 0 ? [`${leftOut} left out`] : []),
    ...(ungrouped.length > 0 ? [`${ungrouped.length} in no condition`] : []),
  ];
  if (missing.length > 0)
    yield `<p class="warning">Not in the comparison: ${missing.join(', ')}. <a href="#excluded">Each is named below.</a></p>\n`;
  yield '</section>\n';
}

function* groupTables({ measures, groups, unit }: GroupSummary): Generator<string> {
  yield `<section><h2>Numbers</h2>\n<p class="soft">Of ${unit}s. All of it, and each animal, is in group-summary.csv.</p>\n<div class="wide" role="region" tabindex="0" aria-label="Numbers of each condition"><table><thead><tr><th scope="col">Measure</th><th scope="col" class="text">Condition</th><th scope="col">n</th><th scope="col">Mean</th><th scope="col">SD</th><th scope="col">Median</th><th scope="col">Quartiles</th></tr></thead>\n`;
  for (const { key, title, unit: of } of measures) {
    yield '<tbody>\n';
    for (const [i, group] of groups.entries()) {
      const { n, mean, sd, median, q1, q3 } = group.values.get(key)!.statistics;
      const name = of === '' ? title : `${title} (${of})`;
      const head = i === 0 ? `<th scope="rowgroup" rowspan="${groups.length}">${markupText(name)}</th>` : '';
      const cells = [mean, sd, median].map((value) => `<td>${shownNumber(value)}</td>`).join('');
      const quartiles = n === 0 ? '–' : `${shownNumber(q1)} to ${shownNumber(q3)}`;
      yield `<tr>${head}<td class="text">${markupText(group.condition)}</td><td>${n}</td>${cells}<td>${quartiles}</td></tr>\n`;
    }
    yield '</tbody>\n';
  }
  yield '</table></div></section>\n';
}

function* excluded({ results, ungrouped, unused }: ReportFacts): Generator<string> {
  if (results.others.length + ungrouped.length + unused.length === 0) return;
  yield '<section id="excluded"><h2>Not in the comparison</h2>\n';
  if (results.others.length > 0) {
    yield '<div class="wide" role="region" tabindex="0" aria-label="Files without results"><table><thead><tr><th scope="col">File</th><th scope="col" class="text">What</th><th scope="col" class="text">Why</th><th scope="col" class="text">What to do</th></tr></thead><tbody>\n';
    for (const { path, state, failure } of results.others)
      yield `<tr><th scope="row">${markupText(path)}</th><td class="text">${state === 'failed' ? 'failed' : 'left out'}</td><td class="text">${markupText(failure.message)}</td><td class="text">${markupText(nextStep(failure.code) ?? '')}</td></tr>\n`;
    yield '</tbody></table></div>\n';
  }
  yield* named('Images that belong to no condition (their objects are in objects.csv, without one):', ungrouped);
  yield* named('Rows of the table of groups that are of no image:', unused);
  yield '</section>\n';
}

function* named(what: string, names: readonly string[]): Generator<string> {
  if (names.length === 0) return;
  yield `<p>${what}</p>\n<ul>\n`;
  for (const name of names) yield `<li>${markupText(name)}</li>\n`;
  yield '</ul>\n';
}

function* methods(facts: ReportFacts): Generator<string> {
  yield '<section><h2>Methods</h2>\n';
  for (const paragraph of methodsText(facts)) yield `<p>${markupText(paragraph)}</p>\n`;
  yield `<p class="soft">${markupText(noPValues)}</p>\n<h3>References</h3>\n`;
  if (facts.citations === undefined)
    yield '<p class="warning">The card of this model was not found, so what it asks to cite is missing: name its package with --model.</p>\n';
  else if (facts.citations.length === 0) yield "<p>The model's card names no work to cite.</p>\n";
  else {
    yield '<ol>\n';
    for (const { text, doi, url } of facts.citations) {
      const link = doi === undefined ? url : `https://doi.org/${doi}`;
      yield `<li>${markupText([text, link].filter((part) => part).join(' '))}</li>\n`;
    }
    yield '</ol>\n';
  }
  yield '</section>\n';
}

function* imageTable({ results, summary }: ReportFacts): Generator<string> {
  const shown = summary.measures;
  yield `<section><details><summary>Every image</summary>\n<div class="wide" role="region" tabindex="0" aria-label="Every image"><table><thead><tr><th scope="col">Image</th><th scope="col" class="text">Condition</th>${shown.map(({ title }) => `<th scope="col">${markupText(title)}</th>`).join('')}<th scope="col" class="text">Notes</th></tr></thead><tbody>\n`;
  const values = new Map<string, { condition: string; cells: Map<string, number> }>();
  for (const { condition, values: byMeasure } of summary.groups)
    for (const [key, { images }] of byMeasure)
      for (const { path, value } of images) {
        const row = values.get(path) ?? { condition, cells: new Map() };
        row.cells.set(key, value);
        values.set(path, row);
      }
  for (const { path, counts } of results.images) {
    const row = values.get(path);
    const cells = shown.map(({ key }) => `<td>${shownNumber(row?.cells.get(key))}</td>`).join('');
    yield `<tr><th scope="row">${markupText(path)}</th><td class="text">${markupText(row?.condition ?? 'none')}</td>${cells}<td class="text">${markupText(counts.notes ?? '')}</td></tr>\n`;
  }
  yield `</tbody></table></div></details></section>\n`;
}
