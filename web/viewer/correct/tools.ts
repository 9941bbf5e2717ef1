/** What a drag or a click over the picture does while labels are corrected. */
export const tools = [
  ...(['choose', 'brush', 'eraser', 'lasso', 'click'] as const),
  ...(['split', 'merge', 'fill', 'delete'] as const),
] as const;
export type Tool = (typeof tools)[number];

/** Keys of the tools; those of the viewer keep theirs but for the ones here. */
export const toolKeys: Readonly<Record<Tool, string>> = {
  choose: 'v',
  brush: 'b',
  eraser: 'e',
  lasso: 'l',
  click: 'k',
  split: 'x',
  merge: 'm',
  fill: 'f',
  delete: 'd',
};

/** Of the brush, px of the image. */
export const radii = { least: 1, usual: 6, most: 60 };

export type CorrectCommand =
  | { do: 'tool'; tool: Tool }
  | { do: 'radius'; by: number }
  | { do: 'undo' | 'redo' | 'deleteChosen' }
  /** The tool at the middle of the picture; what is proposed or drawn there is taken, or left. */
  | { do: 'press' | 'take' | 'leave' }
  | { do: 'uncertain'; by: 1 | -1 }
  | { do: 'accept'; whole?: true };

const commands: Readonly<Record<string, CorrectCommand>> = {
  '[': { do: 'radius', by: -1 },
  ']': { do: 'radius', by: 1 },
  delete: { do: 'deleteChosen' },
  backspace: { do: 'deleteChosen' },
  r: { do: 'accept' },
  ' ': { do: 'press' },
  ...Object.fromEntries(tools.map((tool) => [toolKeys[tool], { do: 'tool', tool }])),
};

/** While something is proposed, or drawn by keys. */
const pendingCommands: Readonly<Record<string, CorrectCommand>> = { enter: { do: 'take' }, escape: { do: 'leave' } };

interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** What a key press means while labels are corrected; undefined where it is the viewer's, or the browser's. */
export function correctCommandOf(press: Press, isPending = false): CorrectCommand | undefined {
  const key = press.key.toLowerCase();
  if (press.altKey) return undefined;
  if (!press.ctrlKey && !press.metaKey) {
    if (key === 'u') return { do: 'uncertain', by: press.shiftKey ? -1 : 1 };
    return (isPending ? pendingCommands[key] : undefined) ?? commands[key];
  }
  if (key === 'z') return { do: press.shiftKey ? 'redo' : 'undo' };
  return key === 'y' ? { do: 'redo' } : undefined;
}
