import { escapeHtml } from '../../../../core/escape-html.ts';

/** Text that is HTML already. Everything else that goes into a page is escaped. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Piece = string | number | Html | false | undefined | readonly Piece[];

function print(piece: Piece): string {
  if (piece === undefined || piece === false) return '';
  if (piece instanceof Html) return piece.text;
  if (typeof piece === 'object') return piece.map(print).join('');
  return escapeHtml(String(piece));
}

/** A template whose values are escaped, in text and in quoted attributes; nothing may be put anywhere else. */
export const html = (parts: TemplateStringsArray, ...values: Piece[]): Html =>
  new Html(parts.map((part, i) => part + (i < values.length ? print(values[i]) : '')).join(''));
