import type { Express, Request, Response } from 'express';
import type { Upstream } from '../../../institutions/upstream.ts';
import { linkTo } from './links.ts';
import { message } from './pages/layout.ts';
import { forgottenPage } from './pages/sign-in-pages.ts';
import { newPasswordPage, type SignUpForm, signUpPage } from './pages/sign-up-pages.ts';
import { strings } from './pages/strings.ts';
import { type RouteContext, textOf } from './route-context.ts';
import { mailKey } from './sign-in.ts';
import { acceptInvitation, resetPassword, type SendInvitation, type SignUpPolicy, signUp } from './sign-up.ts';
import { addressKey } from './throttle.ts';

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

export type SendMail = (mail: Mail) => Promise<void>;

export interface SignUpOptions {
  policy: SignUpPolicy;
  /** Absent: there is no mail; administrators hand links over. */
  mail?: SendMail | undefined;
  /** Where a new member goes, to sign in from there. */
  home: string;
  /** Institutions that people may sign in with. */
  upstreams: readonly Upstream[];
}

/** Making an account and getting back into one: by invitation, by policy, by a link for a new password. */
export function signUpRoutes(app: Express, routes: RouteContext, { policy, mail, home, upstreams }: SignUpOptions) {
  const { base, context, guard, issuer, provider, show } = routes;
  const { origin } = new URL(issuer);
  const secretOf = (req: Request) => (typeof req.query.token === 'string' ? req.query.token : '');
  const applicantOf = (req: Request) => ({
    email: textOf(req, 'email'),
    name: textOf(req, 'name'),
    password: textOf(req, 'password'),
  });
  const tooMany = (res: Response, waitMs: number) => res.set('Retry-After', String(Math.ceil(waitMs / 1000)));

  const invitationForm = (req: Request, res: Response): SignUpForm | undefined => {
    const invitation = context.oneTimeTokens.find('invite', secretOf(req));
    if (invitation === undefined) return undefined;
    return {
      action: linkTo(base, 'invite', secretOf(req)),
      csrf: guard.token(req, res),
      title: strings.invited,
      text: strings.invitedText,
      ways: upstreams.map(({ id, row }) => ({
        href: linkTo(base, `invite/with/${id}`, secretOf(req)),
        name: row.name,
      })),
      ...(invitation.email === undefined ? {} : { email: invitation.email, fixed: true }),
    };
  };
  const gone = (res: Response) => show(res, message(strings.invitationGone, strings.invitationGoneText), 410);

  app.get('/invite', (req, res) => {
    const form = invitationForm(req, res);
    if (form === undefined) return gone(res);
    show(res, signUpPage(form));
  });
  app.post('/invite', async (req, res) => {
    const form = invitationForm(req, res);
    const applicant = applicantOf(req);
    const answer = await acceptInvitation(secretOf(req), applicant, context);
    if ('id' in answer) return routes.arrive(req, res, { account: answer.id, to: home });
    if ('gone' in answer || form === undefined) return gone(res);
    show(res, signUpPage({ ...applicant, ...form, fault: answer }), 422);
  });

  const signUpForm = (req: Request, res: Response, uid: string): SignUpForm => ({
    action: `${base}/interaction/${uid}/sign-up`,
    csrf: guard.token(req, res),
    title: strings.signUp,
    ...(mail === undefined ? {} : { text: strings.signUpMail, addressOnly: true }),
  });
  const sendInvitation: SendInvitation | undefined =
    mail &&
    ((to, secret) => {
      const { subject, text } = secret === undefined ? strings.mail.known : strings.mail.signUp;
      return mail({ to, subject, text: text(secret === undefined ? `${origin}/` : linkTo(issuer, 'invite', secret)) });
    });
  if (policy.kind !== 'invite') {
    app.get('/interaction/:uid/sign-up', async (req, res) => {
      const { uid } = await provider.interactionDetails(req, res);
      show(res, signUpPage(signUpForm(req, res, uid)));
    });
    app.post('/interaction/:uid/sign-up', async (req, res) => {
      const { uid } = await provider.interactionDetails(req, res);
      const applicant = applicantOf(req);
      const answer = await signUp(applicant, { policy, address: routes.addressOf(req), sendInvitation }, context);
      if ('id' in answer) return routes.letIn(req, res, answer.id, 'pwd');
      if ('mailed' in answer) return show(res, message(strings.signUpMailed, strings.signUpMailedText));
      if ('waiting' in answer) return show(res, message(strings.signUpWaiting, strings.signUpWaitingText));
      const form = { ...applicant, ...signUpForm(req, res, uid) };
      if ('field' in answer) return show(res, signUpPage({ ...form, fault: answer }), 422);
      tooMany(res, answer.throttledMs);
      show(res, signUpPage({ ...form, fault: { text: strings.throttled(answer.throttledMs) } }), 429);
    });
  }

  app.get('/forgotten', (req, res) => {
    show(res, forgottenPage({ action: `${base}/forgotten`, csrf: guard.token(req, res), sends: mail !== undefined }));
  });
  if (mail !== undefined) {
    app.post('/forgotten', async (req, res) => {
      const email = textOf(req, 'email');
      const waitMs = context.throttle.attempt([addressKey(routes.addressOf(req)), mailKey(email)]);
      if (waitMs > 0) {
        tooMany(res, waitMs);
        const form = { action: `${base}/forgotten`, csrf: guard.token(req, res), sends: true };
        return show(res, forgottenPage({ ...form, fault: strings.throttled(waitMs) }), 429);
      }
      const account = context.accounts.byEmail(email);
      // The answer is sent first: how long the mail takes must not tell whether there was one to send.
      show(res, message(strings.forgotten, strings.forgottenSent));
      if (account === undefined) return;
      const { secret } = context.oneTimeTokens.issue('reset', { account: account.id });
      const { subject, text } = strings.mail.reset;
      await mail({ to: account.email, subject, text: text(linkTo(issuer, 'reset', secret)) });
    });
  }

  const resetForm = (req: Request, res: Response) => {
    const account = context.accounts.byId(context.oneTimeTokens.find('reset', secretOf(req))?.account ?? '');
    if (account === undefined) return undefined;
    return { action: linkTo(base, 'reset', secretOf(req)), csrf: guard.token(req, res), email: account.email };
  };
  const resetGone = (res: Response) => show(res, message(strings.resetGone, strings.resetGoneText), 410);
  app.get('/reset', (req, res) => {
    const form = resetForm(req, res);
    if (form === undefined) return resetGone(res);
    show(res, newPasswordPage(form));
  });
  app.post('/reset', async (req, res) => {
    const form = resetForm(req, res);
    const answer = await resetPassword(secretOf(req), textOf(req, 'password'), context);
    if ('id' in answer) return routes.arrive(req, res, { account: answer.id, to: home });
    if ('gone' in answer || form === undefined) return resetGone(res);
    if (answer.field === 'password') {
      show(res, newPasswordPage({ ...form, fault: strings.passwordFaults[answer.fault] }), 422);
    }
  });
}
