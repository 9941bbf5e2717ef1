import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useService } from './api/context.tsx';
import { useMe } from './api/queries.ts';
import { ConnectionNotice } from './components/connection-notice.tsx';
import { useJobNotifications } from './jobs/use-job-notifications.ts';
import { Link, useRoute } from './navigation.tsx';
import { galleryHref } from './route.ts';
import { strings } from './strings.ts';
import { useLeaveGuard } from './upload/use-upload.ts';

/** What every screen has around it. */
export function Frame({ children }: { children: ReactNode }) {
  const { config, me, signOut } = useService();
  // The pages of the issuer that belongs to this service; another issuer has its own.
  const known = useMe();
  const administers = known.state === 'ready' && known.data.admin && config.signIn === 'accounts';
  const managed = administers && new URL(config.issuer).origin === location.origin;
  const { screen } = useRoute();
  useLeaveGuard();
  useJobNotifications();
  return (
    <>
      <a className="skip" href="#content">
        {strings.skip}
      </a>
      <header className="top">
        <Link className="brand" href="/">
          <img src="/icon.svg" alt="" width="28" height="28" />
          {strings.product}
        </Link>
        <nav aria-label={strings.product}>
          <Link href="/" aria-current={screen === 'jobs' ? 'page' : undefined}>
            {strings.jobs}
          </Link>
          <Link href="/models" aria-current={screen === 'models' ? 'page' : undefined}>
            {strings.models}
          </Link>
          {config.sharing && (
            <Link href="/shared" aria-current={screen === 'shared' ? 'page' : undefined}>
              {strings.sharing}
            </Link>
          )}
          {config.gallery !== 'off' && (
            <Link href={galleryHref} aria-current={screen === 'gallery' || screen === 'card' ? 'page' : undefined}>
              {strings.gallery}
            </Link>
          )}
          <Link href="/usage" aria-current={screen === 'usage' ? 'page' : undefined}>
            {strings.usage}
          </Link>
          {administers && (
            <Link href="/lab" aria-current={screen === 'lab' ? 'page' : undefined}>
              {strings.lab}
            </Link>
          )}
          {managed && <a href={`${config.issuer}/admin`}>{strings.people}</a>}
        </nav>
        <span className="who soft">{me.name ?? me.email ?? strings.onePerson}</span>
        <Button variant="default" size="compact-sm" onClick={signOut}>
          {strings.signOut}
        </Button>
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <ConnectionNotice />
    </>
  );
}
