import type { PropertyChange } from '../deploy/engine/property-changes.ts';

export interface ChangeView {
  op: string;
  resource: string;
  type: string;
  /** What changes of it, with both values; a side is absent where there was or will be none. */
  properties?: PropertyChange[];
}

const signs: Record<string, string> = { create: '+', update: '~', delete: '-', replace: '±' };
export const signOf = (op: string): string => signs[op.replace(/^(create|delete)-replace.*/, 'replace')] ?? op;

/** Changes by part, with a sign each: + new, ~ changed, ± made anew, - removed. */
export function planText(changes: readonly ChangeView[]): string {
  if (changes.length === 0) return 'nothing to change';
  const lines = changes.map(({ op, resource, properties }) =>
    [`${signOf(op)} ${resource}`, ...(properties ?? []).map((each) => `    ${changeText(each)}`)].join('\n'),
  );
  const counts = new Map<string, number>();
  for (const { op } of changes) counts.set(signOf(op), (counts.get(signOf(op)) ?? 0) + 1);
  return [...lines.sort(), [...counts].map(([sign, n]) => `${sign} ${n}`).join('   ')].join('\n');
}

/** `memorySize: 3008 → 4096`; of long texts what is about the first character that differs. */
function changeText({ property, before, after }: PropertyChange): string {
  const [old, next] = [before, after].map((value) => (value === undefined ? 'none' : JSON.stringify(value)));
  let same = 0;
  while (same < old!.length && old![same] === next![same]) same++;
  return `${property}: ${excerpt(old!, same)} → ${excerpt(next!, same)}`;
}

const widest = 72; // of 80 characters a line each would take

function excerpt(text: string, at: number): string {
  if (text.length <= widest) return text;
  const from = Math.max(0, Math.min(at - widest / 4, text.length - widest));
  const end = from + widest;
  return `${from === 0 ? '' : '…'}${text.slice(from, end)}${end < text.length ? '…' : ''}`;
}
