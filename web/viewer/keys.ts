/** What a key does in the viewer. */
export type Command =
  | { do: 'pan'; x: number; y: number }
  /** By pixels of the image. */
  | { do: 'step'; x: number; y: number }
  | { do: 'zoom'; factor: number }
  | { do: 'fit' | 'actual' | 'auto' | 'help' | 'none' | 'objects' }
  | { do: 'depth' | 'time'; by: number }
  | { do: 'object'; by: number }
  | { do: 'channel'; index: number };

/** Share of the picture that an arrow moves it by. */
const step = 0.1;
const zoomStep = Math.SQRT2;

/** As the list of keys shows them. */
export const keyHelp: readonly (readonly [keys: string, does: string])[] = [
  ['← ↑ → ↓', 'move; with Shift by a pixel'],
  ['+ −', 'zoom in, zoom out'],
  ['0', 'whole image'],
  ['A', 'pixel by pixel'],
  ['PageUp PageDown', 'depth'],
  [', .', 'time'],
  ['1 to 9', 'show or hide a channel'],
  ['C', 'auto contrast of all channels'],
  ['O', 'outlines, filled, no objects'],
  ['N P', 'next and previous object'],
  ['Escape', 'choose no object'],
  ['V B E L K X M F D', 'tools, while objects are corrected'],
  ['Space', 'the tool in the middle of the picture: click, or put the brush down and lift it'],
  ['Enter Escape', 'take or leave what is proposed or drawn'],
  ['U Shift+U', 'next and previous uncertain object, while objects are corrected'],
  ['[ ]', 'smaller, larger brush'],
  ['Ctrl+Z Ctrl+Y', 'undo, redo a correction'],
  ['Delete', 'delete the chosen object, while objects are corrected'],
  ['R', 'accept what is in view, while objects are corrected'],
  ['?', 'this list'],
];

const steps: Readonly<Record<string, Command>> = {
  ArrowLeft: { do: 'step', x: 1, y: 0 },
  ArrowRight: { do: 'step', x: -1, y: 0 },
  ArrowUp: { do: 'step', x: 0, y: 1 },
  ArrowDown: { do: 'step', x: 0, y: -1 },
};

const commands: Readonly<Record<string, Command>> = {
  ArrowLeft: { do: 'pan', x: step, y: 0 },
  ArrowRight: { do: 'pan', x: -step, y: 0 },
  ArrowUp: { do: 'pan', x: 0, y: step },
  ArrowDown: { do: 'pan', x: 0, y: -step },
  '+': { do: 'zoom', factor: zoomStep },
  '=': { do: 'zoom', factor: zoomStep },
  '-': { do: 'zoom', factor: 1 / zoomStep },
  '0': { do: 'fit' },
  a: { do: 'actual' },
  PageUp: { do: 'depth', by: 1 },
  PageDown: { do: 'depth', by: -1 },
  ',': { do: 'time', by: -1 },
  '.': { do: 'time', by: 1 },
  c: { do: 'auto' },
  o: { do: 'objects' },
  n: { do: 'object', by: 1 },
  p: { do: 'object', by: -1 },
  Escape: { do: 'none' },
  '?': { do: 'help' },
};

/** What a key press means; undefined where it is the browser's. */
export function commandOf(press: {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey?: boolean;
}): Command | undefined {
  if (press.ctrlKey || press.metaKey || press.altKey) return undefined;
  if (press.shiftKey === true && steps[press.key] !== undefined) return steps[press.key];
  if (/^[1-9]$/.test(press.key)) return { do: 'channel', index: Number(press.key) - 1 };
  return commands[press.key.length === 1 ? press.key.toLowerCase() : press.key];
}
