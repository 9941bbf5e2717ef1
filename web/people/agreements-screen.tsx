import { ScreenHeading } from '../components/heading.tsx';
import { Show } from '../components/show.tsx';
import { AgreementCard } from './agreement-card.tsx';
import { PeopleNav } from './people-nav.tsx';
import { useAgreements } from './queries.ts';
import { Records } from './records.tsx';
import { words } from './words.ts';

/** The texts that stand, what the user said of them, and when. */
export function AgreementsScreen() {
  return (
    <>
      <PeopleNav />
      <ScreenHeading>{words.agreements}</ScreenHeading>
      <p>{words.agreementsText}</p>
      <Show what={useAgreements()}>
        {(agreements) =>
          agreements.length === 0 ? (
            <p className="soft">{words.noAgreements}</p>
          ) : (
            agreements.map((each) => <AgreementCard key={`${each.agreement} ${each.version}`} agreement={each} />)
          )
        }
      </Show>
      <Records />
    </>
  );
}
