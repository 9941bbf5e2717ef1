import { type ReactNode, useMemo } from 'react';
import { type Block, blocksOf } from './markdown.ts';

/** Below the headings of the screen and of the agreement. */
const levels = ['h3', 'h4', 'h5', 'h6'] as const;

/** A text that people agree to, in its language. */
export function AgreementText({ markdown, language }: { markdown: string; language: string }) {
  const blocks = useMemo(() => blocksOf(markdown), [markdown]);
  const least = Math.min(...blocks.map((block) => (block.kind === 'heading' ? block.level : 6)));
  return (
    <div className="people-text" lang={language}>
      {blocks.map((block) => (
        <TextBlock key={block.line} block={block} least={least} />
      ))}
    </div>
  );
}

/** `least`: level of the highest heading of the text. */
function TextBlock({ block, least }: { block: Block; least: number }): ReactNode {
  if (block.kind === 'paragraph') return <p>{block.text}</p>;
  if (block.kind === 'heading') {
    const Heading = levels[Math.min(block.level - least, levels.length - 1)]!;
    return <Heading>{block.text}</Heading>;
  }
  const items = block.items.map(({ line, text }) => <li key={line}>{text}</li>);
  return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
}
