import type { Express, Request, Response } from 'express';
import { scriptsPage } from './pages/scripts-page.ts';
import type { FindSubject } from './provider.ts';
import { type RouteContext, textOf } from './route-context.ts';
import type { openScriptTokens } from './script-tokens.ts';
import { shownOnce } from './shown-once.ts';
import { signInFirst } from './sign-in-first.ts';

interface ScriptOptions {
  tokens: ReturnType<typeof openScriptTokens>;
  findSubject: FindSubject;
}

/** Where a person makes and removes the tokens that scripts use. */
export function scriptRoutes(app: Express, routes: RouteContext, { tokens, findSubject }: ScriptOptions) {
  const { base, context, guard, show } = routes;
  const signedIn = (handle: (req: Request, res: Response, account: string) => Promise<void>) =>
    signInFirst(
      routes,
      async (req, res) => findSubject((await routes.sessionAccount(req, res)) ?? '')?.id,
      () => 'scripts',
      handle,
    );
  const secrets = shownOnce<string>(context.clock);

  app.get(
    '/scripts',
    signedIn(async (req, res, account) => {
      const view = {
        base,
        csrf: guard.token(req, res),
        account: context.accounts.byId(account), // the one person has no row
        made: secrets.take(account, String(req.query.made)),
      };
      show(res, scriptsPage({ ...view, tokens: tokens.list(account) }));
    }),
  );
  app.post(
    '/scripts',
    signedIn(async (req, res, account) => {
      const removed = textOf(req, 'remove');
      if (removed === '') {
        const made = secrets.keep(account, await tokens.make(account)); // a reload makes no second one
        return res.redirect(303, `${base}/scripts?${new URLSearchParams({ made })}`);
      }
      await tokens.remove(account, removed); // gone already is as good
      res.redirect(303, `${base}/scripts`);
    }),
  );
}
