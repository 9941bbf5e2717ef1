import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useService } from './api/context.tsx';
import { useMe } from './api/queries.ts';
import { ConnectionNotice } from './components/connection-notice.tsx';
import { useJobNotifications } from './jobs/use-job-notifications.ts';
import { Link, useRoute } from './navigation.tsx';
import { galleryHref, picturesHref, type Route } from './route.ts';
import { strings } from './strings.ts';
import { useLeaveGuard } from './upload/use-upload.ts';

const ofPeople = ['pictures', 'agreements', 'reviews', 'review'] as const;

/** What every screen has around it. */
export function Frame({ children }: { children: ReactNode }) {
  const { config, me, signOut } = useService();
  // The pages of the issuer that belongs to this service; another issuer has its own.
  const known = useMe();
  const administers = known.state === 'ready' && known.data.admin && config.signIn === 'accounts';
  const managed = administers && new URL(config.issuer).origin === location.origin;
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
          <NavLink href="/" screens={['jobs']} text={strings.jobs} />
          <NavLink href="/models" screens={['models']} text={strings.models} />
          {config.sharing && <NavLink href="/shared" screens={['shared']} text={strings.sharing} />}
          {config.gallery !== 'off' && (
            <NavLink href={galleryHref} screens={['gallery', 'card']} text={strings.gallery} />
          )}
          {config.gallery === 'people' && <NavLink href={picturesHref} screens={ofPeople} text={strings.pictures} />}
          <NavLink href="/usage" screens={['usage']} text={strings.usage} />
          {administers && <NavLink href="/lab" screens={['lab']} text={strings.lab} />}
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

interface NavLinkProps {
  href: string;
  /** Where the link is the current one. */
  screens: readonly Route['screen'][];
  text: string;
}

function NavLink({ href, screens, text }: NavLinkProps) {
  const { screen } = useRoute();
  return (
    <Link href={href} aria-current={screens.includes(screen) ? 'page' : undefined}>
      {text}
    </Link>
  );
}
