import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import { localAgreements, localBaseResources, localPictures } from '../../functions/adapters/local/pictures.ts';
import type { PictureMessage } from '../../functions/core/messages.ts';
import { sentPictureRef } from '../../functions/core/pictures/keys.ts';
import type { PictureRef, Region } from '../../functions/core/pictures/picture.ts';
import type { Recipe } from '../../functions/core/pictures/recipe.ts';
import type { ObjectStore } from '../../functions/ports/object-store.ts';
import type { PeoplePorts } from '../../functions/ports/ports.ts';
import type { Queue } from '../../functions/ports/queue.ts';
import { readRecipe } from '../../functions/recipes/read-recipe.ts';
import { notifyInputs } from '../../functions/runtime/notify-inputs.ts';
import type { PictureServices, PictureTools } from '../../functions/stages/pictures/services.ts';
import { type PictureWork, workOnPicture } from '../../functions/stages/pictures/work.ts';
import { attemptsOf } from './attempts.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';
import { memoryObjectStore } from './memory/object-store.ts';
import { memoryQueue } from './memory/queue.ts';

/** Stores of this machine in memory, and what is worked on with them. */
export interface PictureWorld extends Disposable {
  clock: ManualClock;
  objects: ObjectStore;
  queue: Queue;
  people: PeoplePorts;
  services: PictureServices & { people: PeoplePorts };
  /** Adds a picture of the recipe, and sends its bytes. */
  send(ref: PictureRef, bytes: Uint8Array, recipe?: string): Promise<void>;
  /** Handles messages until there is none; what each was and what came of it. */
  work(): Promise<PictureWork[]>;
  /** Keys of all objects in the bucket. */
  keys(): Promise<string[]>;
}

export const plainRecipe = `
name: plain
consent: [process]
region: { detector: whole }
transform: [outline]
complete: { show: owner }
`;

export function pictureWorld({
  recipes = [plainRecipe],
  findFaces = async () => [],
  runContainer = async () => {},
}: {
  recipes?: readonly string[];
  findFaces?(): Promise<Region[]>;
  runContainer?: PictureTools['runContainer'];
} = {}): PictureWorld {
  const clock = manualClock();
  const database = openLocalDatabase(':memory:');
  const queue = memoryQueue(clock, attemptsOf(5));
  const objects = notifyInputs(memoryObjectStore(clock), queue);
  const people: PeoplePorts = {
    pictures: localPictures(database, clock),
    agreements: localAgreements(database, clock),
    bases: localBaseResources(database),
  };
  const read = recipes.map((text) => readRecipe(text, 'recipe.yaml'));
  const known = new Map<string, Recipe>(read.map((recipe) => [recipe.name, recipe]));
  const services = {
    ...{ objects, queue, clock, people },
    pictureTools: { recipes: known, findFaces, runContainer },
  };
  return {
    ...{ clock, objects, queue, people, services },
    async send(ref, bytes, name = read[0]!.name) {
      const { consent, complete } = known.get(name)!;
      const { show, keepMinutes } = complete;
      const keep = keepMinutes === undefined ? {} : { keepMinutes };
      await people.pictures.add({ ...ref, recipe: name, needs: consent, labels: {}, show, ...keep });
      await objects.put(sentPictureRef(ref), bytes);
    },
    async work() {
      const done: PictureWork[] = [];
      for (;;) {
        const received = await queue.receive('pictures', { max: 1, visibilitySeconds: 60 });
        const [message] = received;
        if (message === undefined) return done;
        done.push(await workOnPicture(message.body as PictureMessage, services));
        await queue.acknowledge('pictures', [message.receipt]);
      }
    },
    async keys() {
      const { objects: listed } = await objects.list('pictures', '');
      return listed.map(({ key }) => key);
    },
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}
