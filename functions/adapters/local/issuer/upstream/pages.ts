import { form } from '../pages/fields.ts';
import { type Html, html } from '../pages/html.ts';
import type { Page } from '../pages/layout.ts';
import { strings } from './strings.ts';

export interface UpstreamLink {
  href: string;
  name: string;
}

/** Ways in beside a form. */
export const upstreamLinks = (links: readonly UpstreamLink[]): Html | false =>
  links.length > 0 &&
  html`<div class="ways">${links.map(
    ({ href, name }) => html`<a class="button second" href="${href}">${strings.signInWith(name)}</a>`,
  )}</div>`;

/** Nothing is joined by an address, nor by an address of ours that somebody else makes a browser open: the user says it. */
export const joinPage = ({
  action,
  csrf,
  name,
  who,
  email,
  cancel,
}: {
  action: string;
  csrf: string;
  name: string;
  /** As the institution calls them. */
  who: string;
  /** Of the account here. */
  email: string;
  cancel: string;
}): Page => ({
  title: strings.joinTitle(name),
  body: html`<p>${strings.joinText(name, who, email)}</p>
${form(action, csrf, html`<div class="actions"><button type="submit">${strings.joinConfirm}</button></div>`)}
<nav><a href="${cancel}">${strings.joinCancel}</a></nav>`,
});

export interface Way {
  name: string;
  /** Connected as; undefined: not connected. */
  who?: string | undefined;
  /** Where it is connected, or disconnected by a form. */
  action: string;
}

/** Of the account page. */
export const ways = (all: readonly Way[], csrf: string): Html | false =>
  all.length > 0 &&
  html`<h2>${strings.ways}</h2>
<ul class="accounts">${all.map(
    ({ name, who, action }) => html`<li>
<h3>${name}</h3>
<p class="soft">${who === undefined ? strings.notJoined : strings.joinedAs(who)}</p>
<div class="actions">${
      who === undefined
        ? html`<a class="button second" href="${action}" aria-label="${strings.join}: ${name}">${strings.join}</a>`
        : form(
            action,
            csrf,
            html`<button class="second" aria-label="${strings.leave}: ${name}">${strings.leave}</button>`,
          )
    }</div>
</li>`,
  )}</ul>`;

/** In place of the confirmation that goes by itself: the institution knows the browser still. */
export const signOutWith = ({ action, csrf, name }: { action: string; csrf: string; name: string }): Html =>
  html`<h2>${name}</h2>
<p>${strings.signOutStays(name)}</p>
${form(
  action,
  csrf,
  html`<div class="actions"><button type="submit" class="second">${strings.signOutOfBoth(name)}</button></div>`,
)}`;
