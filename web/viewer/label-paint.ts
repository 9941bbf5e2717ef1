import { outlineColour } from '../../functions/image/picture-style.ts';
import type { Colour } from './colours.ts';

/** How objects are drawn. */
export interface LabelStyle {
  filled: boolean;
  /** The object that was chosen; 0: none. */
  selected: number;
  /** By label: 1 where an object passes the filter. Absent: all do. */
  passes?: Uint8Array;
}

const selectedColour: Colour = [0, 255, 255];
/** Objects that do not pass the filter. */
const faint: Colour = [128, 128, 128];

/** Labels of a tile and one more pixel around it, row by row: (width + 2) x (height + 2). Outside of the image they are 0. */
export interface BorderedLabels {
  width: number;
  height: number;
  labels: Uint32Array;
}

/** A colour of its own for each label, which neighbouring labels do not share. */
export function labelColour(label: number): Colour {
  const hue = (label * 0.618_033_988_75) % 1; // the golden ratio spreads what follows each other
  const part = (shift: number) => {
    const distance = Math.abs(((((hue + shift) % 1) + 1) % 1) - 0.5) * 6 - 1;
    return Math.round(80 + 175 * Math.min(1, Math.max(0, distance)));
  };
  return [part(0), part(2 / 3), part(1 / 3)];
}

/**
 * Draws objects: red, green, blue and opacity of each pixel, 0 to 255. An outline is the pixels of an object that have a
 * pixel of something else above, below, left or right.
 */
export function paintLabels(
  { width, height, labels }: BorderedLabels,
  style: LabelStyle,
): Uint8ClampedArray<ArrayBuffer> {
  const { filled, selected } = style;
  const out = new Uint8ClampedArray(4 * width * height);
  const row = width + 2;
  let last = -1;
  let colour: Colour = outlineColour;
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0, i = (y + 1) * row + 1; x < width; x++, i++, at += 4) {
      const label = labels[i]!;
      if (label === 0) continue;
      const edge =
        labels[i - 1] !== label || labels[i + 1] !== label || labels[i - row] !== label || labels[i + row] !== label;
      if (!edge && !filled && label !== selected) continue;
      if (label !== last) {
        last = label;
        colour = colourOf(label, style);
      }
      out[at] = colour[0];
      out[at + 1] = colour[1];
      out[at + 2] = colour[2];
      out[at + 3] = opacityOf(label, edge, style);
    }
  return out;
}

/** 0 to 255: what lies below a filled object, or one that does not pass, is seen through it. */
function opacityOf(label: number, edge: boolean, { filled, selected, passes }: LabelStyle): number {
  const passing = passes === undefined || passes[label] === 1 || label === selected;
  if (edge) return passing ? 255 : 110;
  if (!filled) return 60; // the chosen one
  return passing ? 140 : 40;
}

function colourOf(label: number, { filled, selected, passes }: LabelStyle): Colour {
  if (label === selected) return selectedColour;
  if (passes !== undefined && passes[label] !== 1) return faint;
  return filled ? labelColour(label) : outlineColour;
}
