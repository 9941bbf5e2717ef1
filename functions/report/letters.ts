import type { Outline } from '../image/fill-shape.ts';
import { letterRows, missingLetter } from './letter-rows.ts';

/** A letter in thousandths of the size of the text: y up from the line that it stands on. */
interface Letter {
  /** To where the next one begins. */
  advance: number;
  contours: Point[][];
}

interface Point {
  x: number;
  y: number;
  /** Off the outline it bends it: a control point of a quadratic curve (TrueType). */
  off: boolean;
}

/** Straight pieces that a curve is drawn with. */
const pieces = 6;

const rows = new Map(letterRows.flatMap((line) => line.split('\t')).map((row) => [letterOf(row), row]));
const read = new Map<string, Letter>();

function letterOf(row: string): string {
  return String.fromCodePoint(row.codePointAt(0)!);
}

/** Width of a text, px. */
export const textWidth = (text: string, size: number): number =>
  lettersOf(text).reduce((sum, { advance }) => sum + advance, 0) * (size / 1000);

/** Outlines of a text that begins at x and stands on y, px. A letter that there is none of is an empty box. */
export function textOutlines(text: string, { x, y, size }: { x: number; y: number; size: number }): Outline[] {
  const outlines: Outline[] = [];
  const scale = size / 1000;
  let at = x;
  for (const { advance, contours } of lettersOf(text)) {
    for (const contour of contours)
      outlines.push(flattened(contour).flatMap((point) => [at + point.x * scale, y - point.y * scale]));
    at += advance * scale;
  }
  return outlines;
}

/** An accent that is a character by itself joins its letter where that has one sign. */
const lettersOf = (text: string): Letter[] => Array.from(text.normalize('NFC'), letter);

function letter(character: string): Letter {
  const known = read.get(character);
  if (known !== undefined) return known;
  const found = readRow(rows.get(character) ?? rows.get(missingLetter)!);
  read.set(character, found);
  return found;
}

/**
 * A row is its letter, the advance, and its parts, each after a `;`: a contour as steps from point to point (`x,y`, with `c`
 * where the point is off the outline, else `l`), or another letter and where it is (`=e120,0`).
 */
function readRow(row: string): Letter {
  const [head, ...parts] = row.slice(letterOf(row).length).split(';');
  const contours = parts.flatMap((part): Point[][] => {
    if (!part.startsWith('=')) return [readContour(part)];
    const name = String.fromCodePoint(part.codePointAt(1)!);
    const [dx, dy] = part
      .slice(1 + name.length)
      .split(',')
      .map(Number);
    return letter(name).contours.map((contour) =>
      contour.map((point) => ({ ...point, x: point.x + dx!, y: point.y + dy! })),
    );
  });
  return { advance: Number(head), contours };
}

function readContour(text: string): Point[] {
  let [x, y] = [0, 0];
  return Array.from(text.matchAll(/(-?\d+),(-?\d+)([cl])/g), ([, dx, dy, kind]) => {
    x += Number(dx);
    y += Number(dy);
    return { x, y, off: kind === 'c' };
  });
}

/** Curves as straight pieces. Between two points off the outline lies one on it, half-way. */
function flattened(contour: readonly Point[]): { x: number; y: number }[] {
  const all = contour.flatMap((point, i) => {
    const next = contour[(i + 1) % contour.length]!;
    return point.off && next.off ? [point, { ...halfWay(point, next), off: false }] : [point];
  });
  return all.flatMap((point, i) => {
    if (!point.off) return [point];
    const [from, to] = [all.at(i - 1)!, all[(i + 1) % all.length]!];
    return Array.from({ length: pieces - 1 }, (_, piece) => {
      const t = (piece + 1) / pieces;
      const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
      return { x: a * from.x + b * point.x + c * to.x, y: a * from.y + b * point.y + c * to.y };
    });
  });
}

const halfWay = (a: Point, b: Point) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
