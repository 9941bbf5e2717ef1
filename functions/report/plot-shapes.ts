import type { MarkName, TextName } from './plot-style.ts';

/** What a plot is drawn of; px of the drawing, x to the right and y down. Colours and widths: plot-style.ts. */
export type Shape =
  | { kind: 'line'; mark: MarkName; x1: number; x2: number; y1: number; y2: number }
  | { kind: 'box'; mark: MarkName; x: number; y: number; width: number; height: number }
  /** `label`: what a pointer on it shows. */
  | { kind: 'dot'; mark: MarkName; x: number; y: number; radius: number; label: string }
  /** `y`: of the line that letters stand on. `label`: the whole text, where it is shortened. */
  | { kind: 'text'; mark: TextName; x: number; y: number; text: string; label?: string };

export interface PlotShapes {
  title: string;
  width: number;
  height: number;
  /** Title and axis, a row each. */
  frame: Shape[][];
  /** A condition each. */
  columns: Shape[][];
}
