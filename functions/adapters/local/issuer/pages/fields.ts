import { type Html, html } from './html.ts';
import { strings } from './strings.ts';

export interface Field {
  name: string;
  label: string;
  type?: 'text' | 'email' | 'password';
  value?: string | undefined;
  hint?: string;
  fault?: string | undefined;
  autocomplete?: string;
  required?: boolean;
  readonly?: boolean;
}

/** A labelled input; its hint and its fault are read out with it. */
export function field({ name, label, type = 'text', value, hint, fault, autocomplete = 'off', ...flags }: Field): Html {
  const described = [hint && `${name}-hint`, fault && `${name}-fault`].filter(Boolean).join(' ');
  return html`<label for="${name}">${label}</label>
${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
${fault && html`<p class="fault" id="${name}-fault">${fault}</p>`}
<input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}"${value !== undefined && html` value="${value}"`}${
    described !== '' && html` aria-describedby="${described}"`
  }${fault && html` aria-invalid="true"`}${flags.required && html` required`}${flags.readonly && html` readonly`}${
    type === 'email' && html` autocapitalize="none" spellcheck="false"`
  }>
`;
}

/** Tells password managers whose password a form is about. */
export const username = (email: string): Html =>
  html`<input type="text" name="username" autocomplete="username" value="${email}" hidden>`;

/** Stands above a form that was refused and leads to what is wrong. */
export const summary = (faults: readonly { field?: string; text: string }[]): Html | undefined =>
  faults.length === 0
    ? undefined
    : html`<div class="summary" role="alert">
<p>${strings.skipError}</p>
${faults.map(({ field: name, text }) =>
  name === undefined ? html`<p>${text}</p>` : html`<p><a href="#${name}">${text}</a></p>`,
)}
</div>`;

/** `csrf`: of the form guard. */
export const form = (
  action: string,
  csrf: string,
  content: Html,
): Html => html`<form method="post" action="${action}" novalidate>
<input type="hidden" name="csrf" value="${csrf}">
${content}
</form>`;
