import { describe, expect, it } from '@jest/globals';
import { type GroupSummary, summariseGroups } from '../../../functions/report/group-summary.ts';
import { textOutlines, textWidth } from '../../../functions/report/letters.ts';
import { plotShapes } from '../../../functions/report/plot.ts';
import { plotPng } from '../../../functions/report/plot-png.ts';
import { lightColours } from '../../../functions/report/plot-style.ts';
import { decodePng } from '../../support/decode-png.ts';

/** A condition each, of images with 1, 2, 3, ... objects; `animals`: two images an animal. */
const summaryOf = (conditions: readonly string[], images: number, animals = false): GroupSummary =>
  summariseGroups(
    conditions.flatMap((condition) =>
      Array.from({ length: images }, (_, i) => ({
        path: `${condition}/${i}.tif`,
        labels: { condition, ...(animals && { animal: `m${i >> 1}` }) },
        values: new Map([['objects', i + 1]]),
      })),
    ),
  );

async function drawn(summary: GroupSummary) {
  const [measure] = summary.measures;
  const { image, chunks } = decodePng((await plotPng(summary, measure!))!);
  const shapes = plotShapes(summary, measure!);
  const colourAt = (x: number, y: number): string => {
    const pixel = 3 * (Math.floor(y) * image.width + Math.floor(x));
    return `#${Buffer.from(image.data.subarray(pixel, pixel + 3)).toString('hex')}`;
  };
  return { image, chunks, shapes, colourAt };
}

describe('a plot as PNG', () => {
  it('has its marks where the SVG has them, three pixels a px, and says its size on paper', async () => {
    const { image, chunks, shapes, colourAt } = await drawn(summaryOf(['ctrl', 'treated'], 6, true));
    expect([image.height, image.width, image.samples]).toEqual([3 * shapes.height, 3 * shapes.width, 3]);
    expect(chunks.pHYs!.readUInt32BE(0)).toBe(Math.round(288 / 0.0254));
    const marks = [...shapes.frame, ...shapes.columns].flat();
    const dots = marks.flatMap((shape) => (shape.kind === 'dot' && shape.mark === 'unit' ? [shape] : []));
    expect(dots).toHaveLength(6);
    for (const dot of dots) expect(colourAt(3 * dot.x, 3 * dot.y)).toBe(lightColours.point);
    const lines = marks.flatMap((shape) => (shape.kind === 'line' ? [shape] : []));
    const first = (name: string) => lines.find(({ mark }) => mark === name)!;
    expect(colourAt(3 * first('median').x1 + 4, 3 * first('median').y1)).toBe(lightColours.median);
    expect(colourAt(3 * first('grid').x1 + 4, 3 * first('grid').y1)).toBe(lightColours.line);
    expect(colourAt(1, 1)).toBe(lightColours.ground);
  });

  it('has boxes with a border from five units on', async () => {
    const { shapes, colourAt } = await drawn(summaryOf(['ctrl'], 6));
    const [box] = shapes.columns.flat().flatMap((shape) => (shape.kind === 'box' ? [shape] : []));
    expect(colourAt(3 * (box!.x + 4), 3 * (box!.y + 4))).toBe(lightColours.box);
    expect(colourAt(3 * box!.x, 3 * (box!.y + 4))).toBe(lightColours.soft);
  });

  it('is the same each time', async () => {
    const summary = summaryOf(['β', 'größe'], 3);
    const [measure] = summary.measures;
    expect(await plotPng(summary, measure!)).toEqual(await plotPng(summary, measure!));
  });

  it('has fewer pixels a px where it is wide, and is none where it is too wide', async () => {
    const conditions = Array.from({ length: 136 }, (_, i) => `c${i}`);
    const many = summaryOf(conditions.slice(0, 46), 1);
    const png = Buffer.from((await plotPng(many, many.measures[0]!))!);
    expect(png.readUInt32BE(16)).toBe(2 * plotShapes(many, many.measures[0]!).width); // the header's
    const wide = summaryOf(conditions, 1);
    expect(await plotPng(wide, wide.measures[0]!)).toBeUndefined();
  });
});

describe('letters of a picture', () => {
  const at = { x: 0, y: 0, size: 1000 };

  it('stand on their line, one after the other', () => {
    expect(textOutlines('-', at)).toEqual([[44, -314, 281, -314, 281, -234, 44, -234]]);
    expect(textOutlines(' -', { x: 10, y: 20, size: 500 })).toEqual([[175, -137, 293.5, -137, 293.5, -97, 175, -97]]);
    // 572 + 286 + 572 + 286 + 572 + 876 + 360 in thousandths of the size, as the font has them
    expect(textWidth('1.0 µm²', 1000)).toBe(3524);
  });

  it('have accents, put together or apart', () => {
    expect(textOutlines('e\u0301', at)).toEqual(textOutlines('é', at));
    expect(textOutlines('é', at).length).toBe(textOutlines('e', at).length + 1);
  });

  it('are an empty box where there is none', () => {
    const [outer, inner, ...rest] = textOutlines('日', at);
    expect([outer!.length, inner!.length, rest]).toEqual([8, 8, []]);
    expect(textWidth('日', 1000)).toBeGreaterThan(500);
  });
});
