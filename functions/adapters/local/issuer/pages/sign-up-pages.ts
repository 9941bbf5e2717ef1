import type { FormFault } from '../sign-up.ts';
import { type UpstreamLink, upstreamLinks } from '../upstream/pages.ts';
import { field, form, summary, username } from './fields.ts';
import { html } from './html.ts';
import type { Page } from './layout.ts';
import { strings } from './strings.ts';

export interface SignUpForm {
  action: string;
  csrf: string;
  title: string;
  text?: string;
  email?: string;
  /** The invitation is for this address only. */
  fixed?: boolean;
  name?: string;
  /** The rest comes after the mail. */
  addressOnly?: boolean;
  /** Institutions in place of a password. */
  ways?: readonly UpstreamLink[];
  fault?: FormFault | { text: string } | undefined;
}

const faultText = (fault: FormFault): string =>
  fault.field === 'email' ? strings.emailFaults[fault.fault] : strings.passwordFaults[fault.fault];

export const signUpPage = ({
  action,
  csrf,
  title,
  text,
  email,
  fixed,
  name,
  addressOnly,
  ways,
  fault,
}: SignUpForm): Page => {
  const of = (wanted: FormFault['field']) =>
    fault !== undefined && 'field' in fault && fault.field === wanted ? faultText(fault) : undefined;
  const faults = fault === undefined ? [] : ['field' in fault ? { field: fault.field, text: faultText(fault) } : fault];
  return {
    title,
    body: html`${summary(faults)}
${text && html`<p>${text}</p>`}
${form(
  action,
  csrf,
  html`${field({
    name: 'email',
    label: strings.email,
    type: 'email',
    value: email,
    fault: of('email'),
    autocomplete: 'username',
    required: true,
    readonly: fixed === true,
  })}
${
  !addressOnly &&
  html`${field({ name: 'name', label: strings.name, value: name, autocomplete: 'name' })}
${field({
  name: 'password',
  label: strings.password,
  type: 'password',
  hint: strings.passwordHint,
  fault: of('password'),
  autocomplete: 'new-password',
  required: true,
})}`
}
<div class="actions"><button type="submit">${strings.continue}</button></div>`,
)}
${upstreamLinks(ways ?? [])}`,
  };
};

/** Of a reset link. */
export const newPasswordPage = ({
  action,
  csrf,
  email,
  fault,
}: {
  action: string;
  csrf: string;
  email: string;
  fault?: string;
}): Page => ({
  title: strings.reset,
  body: html`${summary(fault === undefined ? [] : [{ field: 'password', text: fault }])}
${form(
  action,
  csrf,
  html`${username(email)}
${field({
  name: 'password',
  label: strings.newPassword,
  type: 'password',
  hint: strings.passwordHint,
  fault,
  autocomplete: 'new-password',
  required: true,
})}
<div class="actions"><button type="submit">${strings.continue}</button></div>`,
)}`,
});
