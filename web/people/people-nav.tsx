import { useService } from '../api/context.tsx';
import { useMe } from '../api/queries.ts';
import { Link, useRoute } from '../navigation.tsx';
import { agreementsHref, picturesHref, type Route, reviewsHref } from '../route.ts';
import './people.css';
import { words } from './words.ts';

/** The screens about pictures of people. */
export function PeopleNav() {
  const { config } = useService();
  const me = useMe();
  const { screen } = useRoute();
  const reviews = config.signIn === 'link' || (me.state === 'ready' && me.data.admin);
  const links: [Route['screen'], string, string][] = [
    ['pictures', picturesHref, words.pictures],
    ['agreements', agreementsHref, words.agreements],
    ...(reviews ? ([['reviews', reviewsHref, words.reviews]] satisfies [Route['screen'], string, string][]) : []),
  ];
  return (
    <nav className="row people-nav" aria-label={words.nav}>
      {links.map(([name, href, text]) => (
        <Link key={name} href={href} aria-current={screen === name ? 'page' : undefined}>
          {text}
        </Link>
      ))}
    </nav>
  );
}
