import { type Html, html } from './html.ts';
import { strings } from './strings.ts';

export interface HeaderView {
  /** The path of the issuer. */
  base: string;
  /** Which of the links below leads to the page itself. */
  at?: 'admin' | 'account';
  /** Absent: there are no accounts, but one person. */
  account?: { email: string; admin: boolean } | undefined;
}

/** The way back to the service and to the pages beside, for whoever is signed in. */
export function header({ base, at, account }: HeaderView): Html {
  const link = (href: string, text: string, here = false) =>
    html`<a href="${href}"${here && html` aria-current="page"`}>${text}</a>`;
  return html`<header class="top">
<a class="brand" href="/">${strings.product}</a>
<nav aria-label="${strings.product}">${link('/', strings.jobs)}${link('/usage', strings.usage)}${
    account?.admin && link(`${base}/admin`, strings.admin, at === 'admin')
  }</nav>
${
  account !== undefined &&
  html`<nav class="who" aria-label="${strings.account}">${link(`${base}/account`, account.email, at === 'account')}${link(`${base}/sign-out`, strings.signOut)}</nav>`
}
</header>`;
}
