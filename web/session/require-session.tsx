import { useQueryClient } from '@tanstack/react-query';
import type { User, UserManager } from 'oidc-client-ts';
import { type ReactNode, useEffect, useState } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import type { PublicConfig } from '../../functions/contract/service.ts';
import { connection } from '../api/connection.ts';
import { type Service, ServiceProvider } from '../api/context.tsx';
import { pageCall } from '../api/page-call.ts';
import { keys } from '../api/queries.ts';
import { Trouble } from '../components/show.tsx';
import { go } from '../navigation.tsx';
import { strings } from '../strings.ts';
import { uploadCenter } from '../upload/center.ts';
import { forgetHandles } from '../upload/kept-handles.ts';
import { pagePatience } from '../upload/page-patience.ts';
import { put } from '../upload/put.ts';
import { bearerOf } from './bearer.ts';
import { knownUser, openManager, pathInState, renewed, signedInPath } from './manager.ts';
import { SessionEnded } from './session-ended.tsx';
import { signOut } from './sign-out.ts';
import { Welcome } from './welcome.tsx';

type Session =
  | { state: 'asking' }
  | { state: 'failed'; error: unknown }
  | { state: 'out'; config: PublicConfig; manager: UserManager; error?: unknown }
  | { state: 'in'; service: Service; signInAgain?: () => Promise<void> }
  /** A second window for signing in again; it closes itself. */
  | { state: 'beside' };

/** Shows what is inside to whoever is signed in, and the way in to everybody else. */
export function RequireSession({ children }: { children: ReactNode }) {
  const [session, setSession] = useState<Session>({ state: 'asking' });
  const client = useQueryClient();

  useEffect(() => {
    const stop = new AbortController();
    const onJob = (job: JobView) => {
      client.setQueryData(keys.job(job.id), job);
      forgetHandles(job.id).catch(console.warn); // its list of files is closed: nothing is continued any more
      void client.invalidateQueries({ queryKey: keys.jobs });
    };
    const show = (next: Session) => {
      if (!stop.signal.aborted) setSession(next);
    };
    open(stop.signal, onJob, show).catch((error: unknown) => show({ state: 'failed', error }));
    return () => stop.abort();
  }, [client]);

  if (session.state === 'in') {
    const { service, signInAgain } = session;
    return (
      <ServiceProvider service={service}>
        {children}
        {signInAgain !== undefined && <SessionEnded signInAgain={signInAgain} />}
      </ServiceProvider>
    );
  }
  if (session.state === 'out') return <Welcome {...session} />;
  return (
    <main className="narrow">
      {session.state !== 'failed' ? (
        <p className="soft">{session.state === 'beside' ? strings.signedInBeside : strings.loading}</p>
      ) : (
        <Trouble title={strings.sessionFailed} error={session.error}>
          <a href="/">{strings.reload}</a>
        </Trouble>
      )}
    </main>
  );
}

async function open(signal: AbortSignal, onJob: (job: JobView) => void, show: (next: Session) => void): Promise<void> {
  const link = connection();
  const config = await pageCall(undefined, link.note)('showConfig', { signal });
  const manager = openManager(config, location.origin);
  let user: User | undefined;
  if (location.pathname === signedInPath) {
    try {
      user = await manager.signinCallback();
      if (user === undefined) return show({ state: 'beside' }); // the window that asked has the answer
    } catch (error) {
      go('/', { replace: true });
      return show({ state: 'out', config, manager, error });
    }
    go(pathInState(user.state), { replace: true });
  } else if (new URLSearchParams(location.search).get('iss') === config.issuer) {
    return manager.signinRedirect(); // OpenID Connect Core, section 4: the issuer sent the browser here to sign in
  } else {
    user = await knownUser(manager);
  }
  if (user === undefined) return show({ state: 'out', config, manager });

  const { sub, email, name } = user.profile;
  const bearer = bearerOf<User>({
    user,
    renew: async () => sameAs(sub, await renewed(manager)),
    ask: () =>
      new Promise((resolve) => {
        const signInAgain = async () => {
          resolve(await sameAs(sub, await manager.signinPopup()));
          show({ state: 'in', service });
        };
        show({ state: 'in', service, signInAgain });
      }),
  });
  const call = pageCall(bearer, link.note);
  const uploads = uploadCenter({
    call,
    put,
    filesPerCall: config.limits.filesPerCall,
    patience: pagePatience(window),
    now: Date.now,
    schedule: (flush) => void setTimeout(flush, 150),
    onJob,
  });
  const leave = () =>
    signOut(manager, (url) => location.assign(url)).catch((error: unknown) => show({ state: 'failed', error }));
  const service: Service = {
    call,
    connection: link,
    config,
    uploads,
    me: { ...(email !== undefined && { email }), ...(name !== undefined && { name }) },
    signOut: () => void leave(),
  };
  show({ state: 'in', service });
}

/** What another person's session finds here is not theirs: the page begins anew. */
async function sameAs<U extends User | undefined>(sub: string, user: U): Promise<U> {
  if (user === undefined || user.profile.sub === sub) return user;
  location.assign('/');
  return new Promise(() => {});
}
