import type { Express, Request, Response } from 'express';
import { type ScriptsView, scriptsPage } from './pages/scripts-page.ts';
import type { FindSubject } from './provider.ts';
import { type RouteContext, textOf } from './route-context.ts';
import type { openScriptTokens } from './script-tokens.ts';
import { signInFirst } from './sign-in-first.ts';

interface ScriptOptions {
  tokens: ReturnType<typeof openScriptTokens>;
  findSubject: FindSubject;
}

/** Where a person makes and removes the tokens that scripts use. */
export function scriptRoutes(app: Express, routes: RouteContext, { tokens, findSubject }: ScriptOptions) {
  const { base, guard, show } = routes;
  const signedIn = (handle: (req: Request, res: Response, account: string) => Promise<void>) =>
    signInFirst(
      routes,
      async (req, res) => findSubject((await routes.sessionAccount(req, res)) ?? '')?.id,
      () => 'scripts',
      handle,
    );
  const showTokens = (req: Request, res: Response, account: string, more: Partial<ScriptsView> = {}) =>
    show(res, scriptsPage({ base, csrf: guard.token(req, res), tokens: tokens.list(account), ...more }));

  app.get(
    '/scripts',
    signedIn(async (req, res, account) => showTokens(req, res, account)),
  );
  app.post(
    '/scripts',
    signedIn(async (req, res, account) => {
      const removed = textOf(req, 'remove');
      if (removed === '') return showTokens(req, res, account, { made: await tokens.make(account) });
      await tokens.remove(account, removed); // gone already is as good
      res.redirect(303, `${base}/scripts`);
    }),
  );
}
