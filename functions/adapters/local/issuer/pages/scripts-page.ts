import type { Account } from '../../../../ports/identity.ts';
import type { ScriptToken } from '../script-tokens.ts';
import { form } from './fields.ts';
import { html } from './html.ts';
import type { Page } from './layout.ts';
import { strings } from './strings.ts';

export interface ScriptsView {
  base: string;
  csrf: string;
  tokens: readonly ScriptToken[];
  /** Just made; it is never shown again. */
  made?: string | undefined;
  /** Undefined for the one person of a machine. */
  account: Account | undefined;
}

export const scriptsPage = ({ base, csrf, tokens, made, account }: ScriptsView): Page => {
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  return {
    title: strings.scripts,
    header: { base, account },
    body: html`${
      made !== undefined &&
      html`<div class="notice" role="status"><strong>${strings.scriptMade}</strong>
<code class="secret">${made}</code>
<p class="hint">${strings.scriptHint}</p></div>`
    }
<p>${strings.scriptsText}</p>
${form(`${base}/scripts`, csrf, html`<div class="actions"><button type="submit">${strings.makeToken}</button></div>`)}
${
  tokens.length > 0 &&
  html`<h2>${strings.scriptTokens}</h2>
<ul class="accounts">${tokens.map(({ id, madeAt, expiresAt }, i) => {
    const name = strings.scriptToken(day(madeAt), day(expiresAt));
    return html`<li>
<h3>${name}</h3>
${form(
  `${base}/scripts`,
  csrf,
  html`<div class="actions"><button class="second" name="remove" value="${id}" aria-label="${strings.removeToken} ${i + 1}: ${name}">${strings.removeToken}</button></div>`,
)}
</li>`;
  })}</ul>`
}`,
  };
};
