import { fillShape, type Outline, type Paint } from '../image/fill-shape.ts';
import { encodePng, type PngImage } from '../image/png.ts';
import type { GroupSummary } from './group-summary.ts';
import { textOutlines, textWidth } from './letters.ts';
import type { Measure } from './measures.ts';
import { plotShapes } from './plot.ts';
import type { Shape } from './plot-shapes.ts';
import { type ColourName, lightColours, type MarkStyle, markStyles, type TextStyle, textStyles } from './plot-style.ts';

/** Pixels a px of the drawing, the first that fits; 3 are 288 a inch, as CSS has 96. */
const scales = [3, 2, 1];
/** What other programs open. */
const mostPixels = 16_384;
const pxPerInch = 96;
/** Of text of weight 600: so much wider is every stroke, a share of its size. */
const bolder = 0.045;
/** Corners that a circle is drawn with. */
const corners = 48;

/** The plot as PNG, in its light colours; undefined of one too wide for a picture (more than 135 conditions). */
export async function plotPng(summary: GroupSummary, measure: Measure): Promise<Uint8Array | undefined> {
  const { width, height, frame, columns } = plotShapes(summary, measure);
  const scale = scales.find((each) => width * each <= mostPixels);
  if (scale === undefined) return undefined;
  const [rows, across] = [height * scale, width * scale];
  const picture: PngImage = { height: rows, width: across, samples: 3, data: new Uint8Array(3 * rows * across) };
  const { colour } = paintOf(markStyles.ground.fill, 1);
  for (let i = 0; i < picture.data.length; i++) picture.data[i] = colour[i % 3]!;
  for (const shape of [...frame, ...columns].flat()) draw(picture, shape, scale);
  return encodePng(picture, { perInch: pxPerInch * scale });
}

function draw(picture: PngImage, shape: Shape, scale: number): void {
  const fill = (outlines: readonly Outline[], colour: ColourName | undefined, opacity = 1) => {
    if (colour === undefined) return;
    const scaled = outlines.map((outline) => outline.map((value) => value * scale));
    fillShape(picture, scaled, paintOf(colour, opacity));
  };
  if (shape.kind === 'text') {
    const style: TextStyle = textStyles[shape.mark];
    fill(textShape(shape, style), style.fill);
    return;
  }
  const style: MarkStyle = markStyles[shape.mark];
  fill([outlineOf(shape, 0)], style.fill, style.fillOpacity);
  const half = (style.strokeWidth ?? 1) / 2;
  if (shape.kind === 'line') fill([outlineOf(shape, half)], style.stroke);
  else fill([outlineOf(shape, half), reversed(outlineOf(shape, -half))], style.stroke);
}

/** As far outside the shape as `by` says, px; of a line its own outline. */
function outlineOf(shape: Exclude<Shape, { kind: 'text' }>, by: number): Outline {
  switch (shape.kind) {
    case 'line': {
      const { x1, x2, y1, y2 } = shape;
      const length = Math.hypot(x2 - x1, y2 - y1) || 1;
      const [dx, dy] = [(-(y2 - y1) / length) * by, ((x2 - x1) / length) * by];
      return [x1 + dx, y1 + dy, x2 + dx, y2 + dy, x2 - dx, y2 - dy, x1 - dx, y1 - dy];
    }
    case 'box': {
      const [from, to] = [shape.x - by, shape.x + shape.width + by];
      const [top, bottom] = [shape.y - by, shape.y + shape.height + by];
      return [from, top, to, top, to, bottom, from, bottom];
    }
    case 'dot':
      return Array.from({ length: corners }, (_, i) => {
        const angle = (2 * Math.PI * i) / corners;
        return [shape.x + (shape.radius + by) * Math.cos(angle), shape.y + (shape.radius + by) * Math.sin(angle)];
      }).flat();
  }
}

function textShape({ x, y, text }: Extract<Shape, { kind: 'text' }>, { size, anchor, weight }: TextStyle): Outline[] {
  const width = textWidth(text, size);
  const from = { start: x, middle: x - width / 2, end: x - width }[anchor];
  const shifts = weight === undefined ? [0] : [0, bolder * size];
  return shifts.flatMap((shift) => textOutlines(text, { x: from + shift, y, size }));
}

/** The other way round: a hole where it lies in an outline. */
function reversed(outline: Outline): Outline {
  const points = Array.from({ length: outline.length / 2 }, (_, i) => [outline[2 * i]!, outline[2 * i + 1]!]);
  return points.reverse().flat();
}

function paintOf(name: ColourName, opacity: number): Paint {
  const digits = lightColours[name];
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(digits.slice(at, at + 2), 16));
  return { colour: [red!, green!, blue!], opacity };
}
