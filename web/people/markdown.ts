/** `line`: where it begins in the text, from 0. */
interface Line {
  line: number;
  text: string;
}

/** A part of a text, as it is drawn. `level`: of a heading, from 1. */
export type Block =
  | (Line & { kind: 'heading'; level: number })
  | { kind: 'list'; line: number; ordered: boolean; items: Line[] }
  | (Line & { kind: 'paragraph' });

/**
 * Headings (#), lists (-, * and 1.) and paragraphs of Markdown. What is none of these stays as it was written, so that no
 * word of what a person agrees to is lost.
 */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | undefined;
  for (const [line, text] of markdown.split(/\r?\n/).entries()) {
    const part = partOf(text, line);
    if (part === undefined) open = undefined;
    else if (open === undefined || !goesOn(open, part, text)) {
      blocks.push(part);
      open = part.kind === 'heading' ? undefined : part;
    }
  }
  return blocks;
}

/** Adds a line to the block before it, where it belongs there. */
function goesOn(open: Block, part: Block, written: string): boolean {
  if (open.kind === 'list' && part.kind === 'list' && open.ordered === part.ordered) open.items.push(...part.items);
  else if (open.kind === 'paragraph' && part.kind === 'paragraph') open.text += `\n${part.text}`;
  else if (open.kind === 'list' && part.kind === 'paragraph' && /^\s/.test(written))
    open.items.at(-1)!.text += `\n${part.text}`;
  else return false;
  return true;
}

/** Undefined: an empty line. */
function partOf(written: string, line: number): Block | undefined {
  const heading = /^(#{1,6}) +(.*?)(?: +#+)?\s*$/.exec(written);
  if (heading !== null) return { kind: 'heading', line, level: heading[1]!.length, text: heading[2]! };
  const item = /^\s*(?:[-*]|(\d{1,9})[.)])\s+(.*)$/.exec(written);
  if (item !== null) return { kind: 'list', line, ordered: item[1] !== undefined, items: [{ line, text: item[2]! }] };
  const text = written.trim();
  return text === '' ? undefined : { kind: 'paragraph', line, text };
}
