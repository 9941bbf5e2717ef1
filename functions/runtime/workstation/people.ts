import { join } from 'node:path';
import type { LocalDatabase } from '../../adapters/local/database.ts';
import { localAgreements, localBaseResources, localPictures } from '../../adapters/local/pictures.ts';
import type { ApiServices } from '../../api/services.ts';
import type { Feature } from '../../core/features.ts';
import type { PictureSetup } from '../../core/pictures/picture-setup.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ports } from '../../ports/ports.ts';
import type { SignedAccess } from '../../ports/signed-access.ts';
import { packageRoot } from '../../stack/package-root.ts';
import { startPictureContainer } from '../picture-container.ts';
import { openPictureTools } from '../picture-tools.ts';
import type { LocalStages } from '../run-stages.ts';

/** The stores of pictures of people, where there are such pictures. */
export const localPeople = (
  setup: PictureSetup | undefined,
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
  setup: PictureSetup | undefined,
  services: { signed: SignedAccess; threads: number },
): OpenPeople {
  if (setup === undefined) return { api: {}, stages: {}, features: [], [Symbol.asyncDispose]: async () => {} };
  const { recipes, containers, usualRecipe } = setup;
  const weights = join(packageRoot, 'models/faces/centerface.onnx');
  const opened = openPictureTools(setup, { ...services, weights, reach: startPictureContainer });
  return {
    api: { pictures: { recipes, usualRecipe, containers: Object.keys(containers) } },
    stages: { pictureTools: opened.tools },
    features: ['people'],
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}
