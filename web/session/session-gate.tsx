import { useQueryClient } from '@tanstack/react-query';
import type { User, UserManager } from 'oidc-client-ts';
import { type ReactNode, useEffect, useState } from 'react';
import type { JobView, PublicConfig } from '../../functions/core/contract.ts';
import { apiCall } from '../api/client.ts';
import { type Service, ServiceProvider } from '../api/context.tsx';
import { endpoints } from '../api/endpoints.ts';
import { keys } from '../api/queries.ts';
import { Trouble } from '../components/show.tsx';
import { go } from '../navigation.tsx';
import { strings } from '../strings.ts';
import { realPatience } from '../upload/attempts.ts';
import { uploadCenter } from '../upload/center.ts';
import { put } from '../upload/put.ts';
import { knownUser, openManager, placeIn, renewed, signedInPath } from './manager.ts';
import { Welcome } from './welcome.tsx';

type Session =
  | { state: 'asking' }
  | { state: 'failed'; error: unknown }
  | { state: 'out'; config: PublicConfig; manager: UserManager; error?: unknown }
  | { state: 'in'; service: Service };

/** Shows what is inside to whoever is signed in, and the way in to everybody else. */
export function SessionGate({ children }: { children: ReactNode }) {
  const [session, setSession] = useState<Session>({ state: 'asking' });
  const client = useQueryClient();

  useEffect(() => {
    const stop = new AbortController();
    const onJob = (job: JobView) => {
      client.setQueryData(keys.job(job.id), job);
      void client.invalidateQueries({ queryKey: keys.jobs });
    };
    const show = (next: Session) => {
      if (!stop.signal.aborted) setSession(next);
    };
    open(stop.signal, onJob, show).catch((error: unknown) => show({ state: 'failed', error }));
    return () => stop.abort();
  }, [client]);

  if (session.state === 'in') return <ServiceProvider service={session.service}>{children}</ServiceProvider>;
  if (session.state === 'out') return <Welcome {...session} />;
  return (
    <main className="narrow">
      {session.state === 'asking' ? (
        <p className="soft">{strings.loading}</p>
      ) : (
        <Trouble title={strings.loadFailed} error={session.error}>
          <a href="/">{strings.reload}</a>
        </Trouble>
      )}
    </main>
  );
}

async function open(signal: AbortSignal, onJob: (job: JobView) => void, show: (next: Session) => void): Promise<void> {
  let user: User | undefined;
  let manager: UserManager | undefined;
  const renew = async (): Promise<boolean> => {
    user = manager === undefined ? undefined : await renewed(manager);
    if (user === undefined && manager !== undefined) show({ state: 'out', config, manager });
    return user !== undefined;
  };
  const api = endpoints(apiCall({ token: () => user?.access_token, renew }));
  const config = await api.config(signal);
  manager = openManager(config, location.origin);
  manager.events.addUserLoaded((fresh) => {
    user = fresh;
  });

  if (location.pathname === signedInPath) {
    try {
      user = await manager.signinCallback();
    } catch (error) {
      go('/', { replace: true });
      return show({ state: 'out', config, manager, error });
    }
    go(placeIn(user?.state), { replace: true });
  } else if (new URLSearchParams(location.search).get('iss') === config.issuer) {
    return manager.signinRedirect(); // OpenID Connect Core, section 4: the issuer sent the browser here to sign in
  } else {
    user = await knownUser(manager);
  }
  if (user === undefined) return show({ state: 'out', config, manager });

  const uploads = uploadCenter({
    api,
    put,
    filesPerCall: config.limits.filesPerCall,
    patience: realPatience,
    now: Date.now,
    schedule: (flush) => void setTimeout(flush, 150),
    onJob,
  });
  const { email, name } = user.profile;
  const me = { ...(email !== undefined && { email }), ...(name !== undefined && { name }) };
  show({
    state: 'in',
    service: { api, config, uploads, me, signOut: () => void manager.signoutRedirect() },
  });
}
