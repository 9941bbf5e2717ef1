import { type UpstreamLink, upstreamLinks } from '../upstream/pages.ts';
import { field, form, summary } from './fields.ts';
import { html } from './html.ts';
import type { Page } from './layout.ts';
import { strings } from './strings.ts';

interface Form {
  action: string;
  csrf: string;
}

export const signInPage = ({
  action,
  csrf,
  email,
  fault,
  signUp,
  forgotten,
  ways,
}: Form & {
  email?: string;
  fault?: string | undefined;
  signUp?: string | undefined;
  forgotten: string;
  ways: readonly UpstreamLink[];
}): Page => ({
  title: strings.signIn,
  body: html`${summary(fault === undefined ? [] : [{ field: 'email', text: fault }])}
${form(
  action,
  csrf,
  html`${field({ name: 'email', label: strings.email, type: 'email', value: email, autocomplete: 'username', required: true })}
${field({ name: 'password', label: strings.password, type: 'password', autocomplete: 'current-password', required: true })}
<div class="actions"><button type="submit">${strings.signIn}</button></div>`,
)}
${upstreamLinks(ways)}
<nav>${signUp && html`<a href="${signUp}">${strings.signUpLink}</a>`}<a href="${forgotten}">${strings.forgotten}</a></nav>`,
});

/** Where there are no accounts. */
export const oncePage = ({ action, csrf, fault }: Form & { fault?: string }): Page => ({
  title: strings.once,
  body: html`${summary(fault === undefined ? [] : [{ field: 'link', text: fault }])}
<p>${strings.onceText}</p>
${form(
  action,
  csrf,
  html`${field({ name: 'link', label: strings.onceField, fault, required: true })}
<div class="actions"><button type="submit">${strings.continue}</button></div>`,
)}`,
});

/** A program of this machine asks by the loopback flow. */
export const consentPage = ({ action, csrf, who }: Form & { who: string }): Page => ({
  title: strings.consent,
  body: html`<p>${strings.consentText(who)} ${strings.consentWarning}</p>
${form(
  action,
  csrf,
  html`<div class="actions"><button type="submit" name="answer" value="yes">${strings.allow}</button>
<button type="submit" name="answer" value="no" class="second">${strings.cancel}</button></div>`,
)}`,
});

export const forgottenPage = ({ action, csrf, sends, fault }: Form & { sends: boolean; fault?: string }): Page => ({
  title: strings.forgotten,
  body: sends
    ? html`${summary(fault === undefined ? [] : [{ field: 'email', text: fault }])}
<p>${strings.forgottenWithMail}</p>
${form(
  action,
  csrf,
  html`${field({ name: 'email', label: strings.email, type: 'email', fault, autocomplete: 'username', required: true })}
<div class="actions"><button type="submit">${strings.send}</button></div>`,
)}`
    : html`<p>${strings.forgottenWithoutMail}</p>`,
});
