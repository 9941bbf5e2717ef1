import type { Account, Link } from '../../../../ports/identity.ts';
import type { Invitation } from '../accounts.ts';
import { type Way, ways } from '../upstream/pages.ts';
import { strings as upstreamStrings } from '../upstream/strings.ts';
import { field, form, summary, username } from './fields.ts';
import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';
import { strings } from './strings.ts';

export interface AccountView {
  base: string;
  csrf: string;
  account: Account;
  fault?: { field: 'current' | 'wanted'; text: string } | { text: string };
  changed?: boolean;
  /** False: there is nothing to change. */
  hasPassword: boolean;
  ways: readonly Way[];
}

export const accountPage = ({ base, csrf, account, fault, changed, hasPassword, ways: all }: AccountView): Page => {
  const of = (name: string) =>
    fault !== undefined && 'field' in fault && fault.field === name ? fault.text : undefined;
  return {
    title: strings.account,
    header: { base, at: 'account', account },
    body: html`${summary(fault === undefined ? [] : [fault])}
${changed && html`<p class="notice" role="status">${strings.passwordChanged}</p>`}
<h2>${strings.changePassword}</h2>
${!hasPassword && html`<p>${upstreamStrings.noPassword}</p>`}
${
  hasPassword &&
  form(
    `${base}/account`,
    csrf,
    html`${username(account.email)}
${field({
  name: 'current',
  label: strings.currentPassword,
  type: 'password',
  fault: of('current'),
  autocomplete: 'current-password',
  required: true,
})}
${field({
  name: 'wanted',
  label: strings.newPassword,
  type: 'password',
  hint: strings.passwordHint,
  fault: of('wanted'),
  autocomplete: 'new-password',
  required: true,
})}
<p class="hint">${strings.changePasswordText}</p>
<div class="actions"><button type="submit">${strings.changePassword}</button></div>`,
  )
}
${ways(all, csrf)}
<nav>${!hasPassword && html`<a href="${base}/forgotten">${strings.forgotten}</a>`}<a href="${base}/scripts">${strings.scripts}</a></nav>`,
  };
};

export interface AdminView {
  base: string;
  csrf: string;
  me: Account;
  accounts: readonly Account[];
  invitations: readonly Invitation[];
  plans: readonly string[];
  /** Just made; it is never shown again. */
  made?: Link & { text: string };
  /** It was, on this page's first visit. */
  shownBefore?: boolean;
  done?: boolean;
  fault?: string;
}

export const adminPage = ({
  base,
  csrf,
  me,
  accounts,
  invitations,
  plans,
  made,
  shownBefore,
  done,
  fault,
}: AdminView): Page => ({
  title: strings.admin,
  header: { base, at: 'admin', account: me },
  wide: true,
  body: html`${summary(fault === undefined ? [] : [{ text: fault }])}
${done && html`<p class="notice" role="status">${strings.done}</p>`}
${
  made &&
  html`<div class="notice" role="status"><strong>${strings.linkMade}</strong> ${made.text}
<code class="secret">${made.url}</code>
<p class="hint">${strings.linkHint(new Date(made.expiresAt).toISOString().slice(0, 10))}</p></div>`
}
${shownBefore && html`<p class="notice" role="status">${strings.linkShown}</p>`}
<p>${strings.adminText}</p>
<h2>${strings.invite}</h2>
${form(
  `${base}/admin/invite`,
  csrf,
  html`${field({ name: 'email', label: strings.inviteEmail, type: 'email' })}
<label class="choice"><input type="checkbox" name="admin" value="yes"> ${strings.inviteAdmin}</label>
${planChoice('invite-plan', undefined, plans)}
<div class="actions"><button type="submit">${strings.makeLink}</button></div>`,
)}
${
  invitations.length > 0 &&
  html`<h2>${strings.invitations}</h2>
<ul class="accounts">${invitations.map((invitation) => invitationItem(invitation, base, csrf))}</ul>`
}
<h2>${strings.members}</h2>
<ul class="accounts">${accounts.map((account) =>
    accountItem({ base, csrf, me, account, plans, isLastAdmin: isLastAdmin(account, accounts) }),
  )}</ul>`,
});

/** Whoever it is stays: no other account could let people in. */
const isLastAdmin = ({ id, admin }: Account, accounts: readonly Account[]): boolean =>
  admin && !accounts.some((other) => other.id !== id && other.admin && other.state === 'active');

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

function invitationItem({ id, email, admin, plan, expiresAt }: Invitation, base: string, csrf: string): Html {
  const who = email ?? strings.anybody;
  const facts = [admin && strings.isAdmin, plan, strings.until(day(expiresAt))].filter(Boolean);
  return html`<li>
<h3>${who}</h3>
<p class="soft">${facts.join(', ')}</p>
${form(
  `${base}/admin/invitations/${encodeURIComponent(id)}`,
  csrf,
  html`<button class="second" aria-label="${strings.revoke}: ${who}">${strings.revoke}</button>`,
)}
</li>`;
}

function accountItem({
  base,
  csrf,
  me,
  account,
  plans,
  isLastAdmin,
}: Pick<AdminView, 'base' | 'csrf' | 'me' | 'plans'> & { account: Account; isLastAdmin: boolean }): Html {
  const facts = [
    account.id === me.id && strings.you,
    account.admin && (isLastAdmin ? strings.isLastAdmin : strings.isAdmin),
    strings.states[account.state],
    strings.since(day(account.createdAt)),
    account.lastSignInAt === undefined ? strings.neverSignedIn : strings.lastSignIn(day(account.lastSignInAt)),
  ].filter((fact) => fact !== false);
  const action = (value: string, text: string, more?: Html) =>
    form(
      `${base}/admin/accounts/${encodeURIComponent(account.id)}`,
      csrf,
      html`${more}<button class="second" name="action" value="${value}" aria-label="${text}: ${account.email}">${text}</button>`,
    );
  return html`<li>
<h3>${account.name === undefined ? account.email : `${account.name} (${account.email})`}</h3>
<p class="soft">${facts.join(', ')}</p>
<div class="actions">
${account.state === 'active' ? !isLastAdmin && action('disable', strings.disable) : action('enable', strings.enable)}
${account.admin ? !isLastAdmin && action('drop-admin', strings.dropAdmin) : action('make-admin', strings.makeAdmin)}
${action('reset', strings.resetLink)}
${account.id !== me.id && removal({ base, account })}
${plans.length > 0 && action('plan', strings.setPlan, planChoice(`plan-${account.id}`, account.plan, plans))}
</div>
</li>`;
}

/** Its own page asks again: what is removed does not come back. */
const removal = ({ base, account }: Pick<AdminView, 'base'> & { account: Account }): Html =>
  html`<a class="button second" href="${base}/admin/accounts/${encodeURIComponent(account.id)}/remove" aria-label="${strings.remove}: ${account.email}">${strings.remove}</a>`;

export const removePage = ({
  base,
  csrf,
  me,
  account,
}: Pick<AdminView, 'base' | 'csrf' | 'me'> & { account: Account }): Page => ({
  title: strings.removeTitle(account.email),
  header: { base, at: 'admin', account: me },
  body: html`<p>${strings.removeText}</p>
${form(
  `${base}/admin/accounts/${encodeURIComponent(account.id)}`,
  csrf,
  html`<div class="actions"><button name="action" value="remove">${strings.removeConfirm}</button>
<button name="action" value="forget" class="second">${strings.removeAndForget}</button></div>`,
)}
<nav><a href="${base}/admin">${strings.keepAccount}</a></nav>`,
});

/** A plan that is set but not offered any more stays to be seen. */
function planChoice(id: string, plan: string | undefined, plans: readonly string[]): Html | undefined {
  if (plans.length === 0) return undefined;
  const offered = plan === undefined || plans.includes(plan) ? plans : [...plans, plan];
  return html`<div><label for="${id}">${strings.plan}</label>
<select id="${id}" name="plan"><option value="">${strings.defaultPlan}</option>${offered.map(
    (name) => html`<option value="${name}"${name === plan && html` selected`}>${name}</option>`,
  )}</select></div>`;
}
