import type { LocalDatabase } from '../../adapters/local/database.ts';
import { localAgreements, localBaseResources, localPictures } from '../../adapters/local/pictures.ts';
import type { ApiServices } from '../../api/services.ts';
import type { Feature } from '../../core/features.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ports } from '../../ports/ports.ts';
import type { SignedAccess } from '../../ports/signed-access.ts';
import type { LocalStages } from '../run-stages.ts';
import { openPictureTools, type PeopleSetup } from './picture-tools.ts';

/** The stores of pictures of people, where there are such pictures. */
export const localPeople = (
  setup: PeopleSetup | undefined,
  { database, clock }: { database: LocalDatabase; clock: Clock },
): Pick<Ports, 'people'> =>
  setup === undefined
    ? {}
    : {
        people: {
          pictures: localPictures(database, clock),
          agreements: localAgreements(database, clock),
          bases: localBaseResources(database),
        },
      };

interface OpenPeople extends AsyncDisposable {
  api: Pick<ApiServices, 'pictures'>;
  stages: Pick<LocalStages, 'pictureTools'>;
  features: readonly Feature[];
}

/** What the API and the stages get of pictures of people: nothing where there are none. */
export function openPeople(
  setup: PeopleSetup | undefined,
  services: { signed: SignedAccess; threads: number },
): OpenPeople {
  if (setup === undefined) return { api: {}, stages: {}, features: [], [Symbol.asyncDispose]: async () => {} };
  const opened = openPictureTools(setup, services);
  return {
    api: { pictures: opened.settings },
    stages: { pictureTools: opened.tools },
    features: ['people'],
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}
