import type { Score } from '../../functions/model/score.ts';
import { markupText } from '../../functions/report/markup.ts';
import { pageHead } from '../../functions/report/page-head.ts';
import { pageStyle } from '../../functions/report/page-style.ts';
import type { ImageScores, Verdict } from './gate.ts';
import { lineChart } from './line-chart.ts';
import type { TrainingCard } from './training-card.ts';

/** PNGs of one plane: objects as labelled, as the model before finds them, and as the trained one does. */
export interface Pictures {
  image: string;
  truth: Uint8Array;
  before: Uint8Array;
  after: Uint8Array;
}

export interface TrainingReport {
  name: string;
  verdict: Verdict;
  card: TrainingCard;
  aside: readonly ImageScores[];
  /** All images kept aside together, at growing IoU. */
  curves: { before: readonly Score[]; after: readonly Score[] };
  /** Mean of each epoch; none of a pixel classifier. */
  losses: readonly number[];
  /** Of the images kept aside that are worst after the training, these first. */
  pictures: readonly Pictures[];
}

const style = `${pageStyle}
img { max-width: 100%; }
figcaption { font-size: 0.9rem; }
.three { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 0.75rem; }
`;

/** The report of a training as one HTML page: no script, nothing from elsewhere, nothing of the time it was made. */
export function trainingReport(report: TrainingReport): string {
  return [
    pageHead(`Training of ${report.name}`, style, { images: true }),
    verdictSection(report),
    imageTable(report),
    curves(report),
    ...pictureSection(report.pictures),
    facts(report.card),
    '</main>\n</body>\n</html>\n',
  ].join('\n');
}

const f1 = (value: number): string => value.toFixed(3);

function verdictSection({ verdict, aside }: TrainingReport): string {
  const { better, reasons, worst } = verdict;
  const head = better ? 'Better: this model is offered.' : 'Not better: this model is not offered.';
  return [
    `<section><h2>Verdict</h2>\n<p><strong>${head}</strong></p>`,
    ...(reasons.length === 0 ? [] : [`<ul>${reasons.map((each) => `<li>${markupText(each)}</li>`).join('')}</ul>`]),
    `<p>Label more images like ${worst.slice(0, 3).map(markupText).join(', ')}: ${aside.length === 1 ? 'the image' : 'the images'} kept aside that the trained model does worst.</p>`,
    '</section>',
  ].join('\n');
}

function imageTable({ aside, verdict }: TrainingReport): string {
  const byImage = new Map(aside.map((each) => [each.image, each]));
  const row = (name: string, before: number, after: number, cells: string): string =>
    `<tr><th scope="row">${markupText(name)}</th><td>${f1(before)}</td><td>${f1(after)}</td>${cells}</tr>`;
  const counts = (score: Score): string => `<td>${score.fn}</td><td>${score.fp}</td>`;
  return [
    '<section><h2>Images kept aside</h2>\n<p class="soft">Neither model was trained on them. F1 of objects at IoU 0.5, worst first.</p>',
    '<div class="wide" role="region" tabindex="0" aria-label="Images kept aside"><table><thead><tr><th scope="col">Image</th><th scope="col">F1 before</th><th scope="col">F1 after</th><th scope="col">Missed after</th><th scope="col">False after</th></tr></thead><tbody>',
    ...verdict.worst.map((name) => {
      const { before, after } = byImage.get(name)!;
      return row(name, before.f1, after.f1, counts(after));
    }),
    row('all', verdict.before, verdict.after, '<td></td><td></td>'),
    ...(verdict.own
      ? [row('what the base was made for', verdict.own.before, verdict.own.after, '<td></td><td></td>')]
      : []),
    '</tbody></table></div></section>',
  ].join('\n');
}

function curves({ curves: { before, after }, losses }: TrainingReport): string {
  const line = (scores: readonly Score[]) => scores.map(({ iou, f1: y }) => ({ x: iou, y }));
  return [
    '<section><h2>Curves</h2>\n<div class="plots">',
    `<figure>${lineChart('F1 on the images kept aside', 'IoU', [
      { name: 'before', points: line(before), dashes: '6 4' },
      { name: 'after', points: line(after) },
    ])}</figure>`,
    ...(losses.length === 0
      ? []
      : [
          `<figure>${lineChart('Loss of the training', 'epoch', [
            { name: 'loss', points: losses.map((y, i) => ({ x: i + 1, y })) },
          ])}</figure>`,
        ]),
    '</div></section>',
  ].join('\n');
}

function pictureSection(pictures: readonly Pictures[]): string[] {
  if (pictures.length === 0) return [];
  const shown = (bytes: Uint8Array, what: string, image: string): string =>
    `<figure><img alt="${markupText(`${image}: ${what}`)}" src="data:image/png;base64,${Buffer.from(bytes).toString('base64')}"><figcaption>${what}</figcaption></figure>`;
  return [
    '<section><h2>Worst images</h2>\n<p class="soft">Of a stack its middle plane.</p>',
    ...pictures.map(
      ({ image, truth, before, after }) =>
        `<h3>${markupText(image)}</h3><div class="three">${shown(truth, 'labelled', image)}${shown(before, 'before', image)}${shown(after, 'after', image)}</div>`,
    ),
    '</section>',
  ];
}

function facts(card: TrainingCard): string {
  const rows: [string, string][] = [
    [card.kind === 'network' ? 'parent' : 'compared with', `${card.parent}, weights ${card.parent_sha256}`],
    ['data', `${card.images} images, ${card.objects} objects, sha256 ${card.data_sha256}`],
    ['training', `${card.kind}, ${card.epochs === undefined ? '' : `${card.epochs} epochs, `}seed ${card.seed}`],
    ...(card.replay === undefined ? [] : [['replayed', card.replay] as [string, string]]),
    ['versions', Object.entries(card.versions).flat().join(' ')],
  ];
  return `<section><h2>How it was made</h2>\n<table><tbody>${rows
    .map(([name, text]) => `<tr><th scope="row">${name}</th><td class="text">${markupText(text)}</td></tr>`)
    .join('\n')}</tbody></table></section>`;
}
