import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { signOutWith } from '../upstream/pages.ts';
import { field, summary } from './fields.ts';
import { type Html, html } from './html.ts';
import { layout, message, type Page } from './layout.ts';
import { strings } from './strings.ts';

/** The pages that the provider asks for itself: sign-out, device codes, errors. Their forms carry the provider's own `xsrf`. */
/** The institution that the session of a request began with, and the form that signs out of it too. */
export type SignOutUpstream = (ctx: KoaContextWithOIDC) => Parameters<typeof signOutWith>[0] | undefined;

export function providerPages(base: string, upstreamOf: SignOutUpstream = () => undefined) {
  const show = (ctx: KoaContextWithOIDC, page: Page) => {
    ctx.type = 'html';
    ctx.body = layout(base, page);
  };
  const form = (
    ctx: KoaContextWithOIDC,
    action: string,
    content: Html,
  ) => html`<form method="post" action="${base}${action}" novalidate>
<input type="hidden" name="xsrf" value="${(ctx.oidc.session!.state as { secret: string }).secret}">
${content}
</form>`;

  return {
    signOut(ctx: KoaContextWithOIDC) {
      // Who holds the ID token of this session is the page that the user clicked on; others ask first.
      const hint = ctx.oidc.entities.IdTokenHint?.payload.sub;
      const sure = hint !== undefined && hint === ctx.oidc.session?.accountId;
      const upstream = upstreamOf(ctx);
      const submits = sure && upstream === undefined;
      show(ctx, {
        title: submits ? strings.signingOut : strings.signOut,
        submits,
        body: html`<p>${!sure && strings.signOutText}</p>
${form(
  ctx,
  '/sign-out/confirm',
  html`<input type="hidden" name="logout" value="yes">
<div class="actions"><button type="submit">${strings.signOut}</button>
${!submits && html`<a href="/">${strings.staySignedIn}</a>`}</div>`,
)}
${upstream && signOutWith(upstream)}`,
      });
    },
    signedOut: (ctx: KoaContextWithOIDC) =>
      show(ctx, message(strings.signedOut, '', { href: '/', text: strings.toService })),

    deviceCode(ctx: KoaContextWithOIDC, _form: string, _out?: ErrorOut, error?: Error & { userCode?: string }) {
      if (error !== undefined) ctx.status = 422; // the provider says 200; guesses are counted by it
      const wrong = error?.userCode !== undefined || error?.name === 'NoCodeError';
      const fault = wrong ? strings.deviceWrong : undefined;
      show(ctx, {
        title: strings.device,
        body: html`${summary(error === undefined ? [] : [wrong ? { field: 'user_code', text: strings.deviceWrong } : { text: strings.deviceStopped }])}
${form(
  ctx,
  '/device',
  html`${field({ name: 'user_code', label: strings.deviceCode, hint: strings.deviceHint, value: error?.userCode, fault, required: true })}
<div class="actions"><button type="submit">${strings.continue}</button></div>`,
)}`,
      });
    },
    deviceConfirm(ctx: KoaContextWithOIDC, _form: string, _client: unknown, _device: unknown, userCode: string) {
      show(ctx, {
        title: strings.deviceConfirm,
        body: html`<p class="code"><code>${userCode}</code></p>
<p>${strings.deviceConfirmText}</p>
${form(
  ctx,
  '/device',
  html`<input type="hidden" name="user_code" value="${userCode}">
<div class="actions"><button type="submit" name="confirm" value="yes">${strings.continue}</button>
<button type="submit" name="abort" value="yes" class="second">${strings.cancel}</button></div>`,
)}`,
      });
    },
    deviceDone: (ctx: KoaContextWithOIDC) => show(ctx, message(strings.deviceDone, strings.deviceDoneText)),

    error(ctx: KoaContextWithOIDC, out: ErrorOut, error: Error) {
      if (error.name === 'SessionNotFound') {
        return show(ctx, message(strings.expired, strings.expiredText, { href: '/', text: strings.toService }));
      }
      const ours = out.error === 'server_error';
      const text = ours ? strings.brokenText : [out.error, out.error_description].filter(Boolean).join(': ');
      show(ctx, message(ours ? strings.broken : strings.requestRefused, text, { href: '/', text: strings.toService }));
    },
  };
}

export type ProviderPages = ReturnType<typeof providerPages>;
