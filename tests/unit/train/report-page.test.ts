import { expect, it } from '@jest/globals';
import { lineChart } from '../../../cli/train/line-chart.ts';
import { trainingReport } from '../../../cli/train/report-page.ts';
import type { Score } from '../../../functions/model/score.ts';

const score = (f1: number): Score => ({ iou: 0.5, tp: 3, fp: 1, fn: 2, precision: 0, recall: 0, f1, ap: 0 });

it('a training report shows images by name as text, worst first, and loads nothing', () => {
  const html = trainingReport({
    name: '<ours>',
    verdict: {
      better: false,
      reasons: ['F1 went from 0.5 to 0.4'],
      ...{ before: 0.5, after: 0.4, ownBefore: 0.8, ownAfter: 0.79 },
      worst: ['<b>.tif', 'a.tif'],
    },
    card: {
      ...{ parent: 'Nuclei', parent_sha256: 'p', data_sha256: 'd', digest: 'g', images: 2, objects: 30, sides: {} },
      ...{ seed: 1, epochs: 2, replay: 'synthetic planes', verdict: 'not better', versions: { torch: '2.0' } },
      ...{ f1_before: 0.5, f1_after: 0.4, f1_own_before: 0.8, f1_own_after: 0.79 },
    },
    aside: ['a.tif', '<b>.tif'].map((image) => ({ image, before: score(0.5), after: score(0.25), gained: 0, lost: 1 })),
    curves: { before: [score(0.5)], after: [score(0.4)] },
    losses: [1.5, 1],
    pictures: [{ image: 'a.tif', truth: Uint8Array.of(1), before: Uint8Array.of(2), after: Uint8Array.of(3) }],
  });
  expect(html).toContain("default-src 'none'; style-src 'unsafe-inline'; img-src data:");
  expect(html).not.toMatch(/<script|<b>|<ours>|https?:(?!\/\/www\.w3\.org\/2000\/svg)/);
  expect(html.indexOf('&lt;b&gt;.tif</th>')).toBeLessThan(html.indexOf('a.tif</th>'));
  expect(html).toContain('<td>0.500</td><td>0.250</td><td>2</td><td>1</td>');
  expect(html.match(/data:image\/png;base64,(AQ|Ag|Aw)==/g)).toHaveLength(3);
});

it('a line chart says its values in words', () => {
  const points = [
    { x: 1, y: 0.5 },
    { x: 2, y: 0.25 },
  ];
  const svg = lineChart('Loss', 'epoch', [{ name: 'loss', points }]);
  expect(svg).toContain('aria-label="Loss. loss: 0.5 at 1, 0.25 at 2"');
  expect(svg).toContain('points="56,30 416,130"'); // the axis goes from 0 to 0.5 over 200 px
});
