import { isShown } from '../../functions/api/picture-views.ts';
import { resultPictureRef, sentPictureRef } from '../../functions/core/pictures/keys.ts';
import {
  type DisplayEntry,
  type Picture,
  type PictureRef,
  type Purpose,
  purposes,
} from '../../functions/core/pictures/picture.ts';
import { workOnPicture } from '../../functions/stages/pictures/work.ts';
import { tidyPictures } from '../../functions/stages/tidy-pictures/tidy.ts';
import { decision, newVersion } from '../contract/pictures.ts';
import { type PictureWorld, pictureWorld } from './picture-world.ts';

class Crash extends Error {}

/** Numbers of a linear congruential generator (Numerical Recipes, 7.1), so that a fault can be repeated by its seed. */
export const numbersFrom = (seed: number) => {
  let state = seed >>> 0;
  return (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

const recipes = [
  `
name: plain
consent: [process]
region: { detector: whole }
transform: [{ mosaic: 1 }]
complete: { show: owner, deleteOriginal: true }
`,
  `
name: reviewed
consent: [process, share-lab]
region: { detector: face }
transform: [{ mosaic: 1 }]
complete: { show: lab, review: true, deleteOriginal: true }
`,
];
const face = { x: 1, y: 1, width: 2, height: 2 };
/** What a person says no to: all of it, or that the lab sees it. */
const declined: readonly (readonly Purpose[])[] = [['process', 'share-lab'], ['share-lab'], ['process']];

/** What one random schedule found wrong, in words; nothing where all holds. */
export interface Outcome {
  faults: string[];
  shown: number;
}

/**
 * One schedule of uploads, agreements, withdrawals, new texts, reviews, work, doubled messages, crashes between any two calls
 * of a store, and rounds of tidying, by two people, of pictures that their owner or the lab sees; then everything comes to
 * rest. `next`: a whole number below its argument.
 */
export async function runSchedule(next: (below: number) => number, sent: Uint8Array, steps: number): Promise<Outcome> {
  using world = pictureWorld({ recipes, findFaces: async () => [face] });
  const { people, clock, queue } = world;
  await people.agreements.publish(newVersion());
  const faults: string[] = [];
  const uploads: (PictureRef & Pick<Picture, 'needs'>)[] = [];
  const owners = ['olga', 'omar'];
  /** Sent before their owner withdrew consent. */
  const withdrawn: PictureRef[] = [];
  const owner = () => owners[next(2)]!;

  /** Nothing is shown of whom says no, and never again what was there then. */
  const check = async (after: string) => {
    const versions = await people.agreements.versions();
    for (const ref of withdrawn) {
      const picture = await people.pictures.get(ref);
      if (picture && isShown(picture, await people.pictures.person(ref.owner), versions, clock.now()))
        faults.push(`${ref.id} of ${ref.owner} is shown after a withdrawal and ${after}`);
    }
    for (const name of owners) {
      const { display, consents } = await people.pictures.person(name);
      if (display?.needs.some((purpose) => consents[purpose]?.agree !== true))
        faults.push(`${name} is shown without consent after ${after}`);
    }
  };
  const decide = async (name: string, agree: boolean, said: readonly Purpose[] = purposes) => {
    const versions = await people.agreements.versions();
    await people.pictures.decide(decision({ owner: name, agree, version: versions.length, purposes: said }));
    if (agree) return;
    withdrawn.push(
      ...uploads.filter(({ owner, needs }) => owner === name && needs.some((purpose) => said.includes(purpose))),
    );
    await queue.send('pictures', [{ kind: 'withdraw', owner: name }]);
  };
  /** Somebody looks at a picture that waits for it, and one in four is kept back; the message is sent as the API does. */
  const review = async () => {
    const { items } = await people.pictures.inList('review', { limit: 1000 });
    const picture = items[next(Math.max(1, items.length))];
    if (picture === undefined) return;
    const failure = { code: 'pictureKeptBack', message: 'kept back' };
    await people.pictures.take(
      picture,
      next(4) === 0 ? { do: 'fail', failure } : { do: 'reviewed', by: 'admin', regions: [face] },
    );
    await queue.send('pictures', [{ kind: 'swap', owner: picture.owner, id: picture.id }]);
  };
  const workOnce = async (crashes: boolean) => {
    const [message] = await queue.receive('pictures', { max: 1, visibilitySeconds: 60 });
    if (message === undefined) return false;
    try {
      await workOnPicture(message.body, crashes ? crashing(world, next(12)) : world.services);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      clock.advance(61); // it comes again
      return true;
    }
    if (next(5) === 0) await queue.send('pictures', [message.body]); // at least once
    await queue.acknowledge('pictures', [message.receipt]);
    return true;
  };
  const actions: [name: string, act: () => Promise<unknown>][] = [
    [
      'an upload',
      async () => {
        const ref = { owner: owner(), id: `p${uploads.length}` };
        const [recipe, needs] = next(2) === 0 ? (['plain', ['process']] as const) : (['reviewed', purposes] as const);
        uploads.push({ ...ref, needs });
        await world.send(ref, sent, recipe);
      },
    ],
    ['an agreement', () => decide(owner(), true)],
    [
      'a withdrawal',
      () => (next(3) === 0 ? decide(owner(), true) : decide(owner(), false, declined[next(declined.length)]!)),
    ],
    ['a review', () => review()],
    ['a review', () => review()],
    [
      'a new text',
      () => (next(4) === 0 ? people.agreements.publish(newVersion({ material: next(2) === 0 })) : Promise.resolve()),
    ],
    ['work', () => workOnce(false)],
    ['work', () => workOnce(false)],
    ['a crash', () => workOnce(true)],
    [
      'tidying',
      async () => {
        clock.advance(60 * next(20));
        await tidyPictures(world.services);
      },
    ],
  ];
  for (let step = 0; step < steps; step++) {
    const [name, act] = actions[next(actions.length)]!;
    await act();
    await check(name);
  }
  await rest(world, () => workOnce(false));
  await check('everything came to rest');
  for (const name of owners)
    faults.push(...historyFaults(name, (await people.pictures.history(name, { limit: 1000 })).items));
  faults.push(...(await orderFaults(world, owners)));
  for (const ref of withdrawn) {
    if ((await people.pictures.get(ref)) !== undefined)
      faults.push(`${ref.id} of ${ref.owner} has a row after a withdrawal`);
    if ((await world.keys()).some((key) => key.includes(`/${ref.owner}/${ref.id}.`)))
      faults.push(`${ref.id} of ${ref.owner} has objects after a withdrawal`);
  }
  const [gone] = owners.filter((_, i) => i === next(2));
  await decide(gone ?? 'olga', false);
  await rest(world, () => workOnce(false));
  const left = (await world.keys()).filter((key) => key.includes(`/${gone ?? 'olga'}/`));
  if (left.length > 0) faults.push(`${left.join()} is left after a withdrawal`);
  const rows = (await people.pictures.list(gone ?? 'olga')).items.filter(({ state }) => state !== 'failed');
  if (rows.length > 0)
    faults.push(`${rows.map(({ id, state }) => `${id} ${state}`).join()} is left after a withdrawal`);
  return {
    faults,
    shown: (await Promise.all(owners.map(async (name) => (await people.pictures.history(name)).items.length))).reduce(
      (a, b) => a + b,
    ),
  };
}

/** Time passes until nothing is to be done. */
async function rest(world: PictureWorld, workOnce: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < 16; round++) {
    while (await workOnce());
    world.clock.advance(6 * 60);
    await tidyPictures(world.services);
  }
  while (await workOnce());
}

/** Stores of which call number `at` and every one after it fails: the process has died. */
function crashing({ services }: PictureWorld, at: number): PictureWorld['services'] {
  let calls = 0;
  const dying = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(own, name) {
        const method = Reflect.get(own, name);
        if (typeof method !== 'function') return method;
        return async (...given: unknown[]) => {
          if (calls++ >= at) throw new Crash();
          return method.apply(own, given);
        };
      },
    });
  const { objects, people } = services;
  return { ...services, objects: dying(objects), people: { ...people, pictures: dying(people.pictures) } };
}

/** Entries are counted without gaps; one picture at a time; each is shown once at most, and hidden only where it was shown. */
function historyFaults(name: string, newestFirst: readonly DisplayEntry[]): string[] {
  const entries = [...newestFirst].reverse();
  const faults: string[] = [];
  const shown = new Map<string, 'shown' | 'hidden'>();
  for (const [i, { entry, id, change }] of entries.entries()) {
    if (entry !== i + 1) faults.push(`${name}: entry ${entry} is number ${i + 1}`);
    if (change === 'shown' ? shown.has(id) : shown.get(id) !== 'shown')
      faults.push(`${name}: ${id} is ${change} twice or too early`);
    shown.set(id, change);
  }
  if ([...shown.values()].filter((change) => change === 'shown').length > 1)
    faults.push(`${name}: two pictures are shown`);
  return faults;
}

/** What is shown is the latest upload among those that are completed; its result is there, and nothing that was sent. */
async function orderFaults({ people, keys }: PictureWorld, owners: readonly string[]): Promise<string[]> {
  const stored = new Set(await keys());
  const faults: string[] = [];
  for (const owner of owners) {
    const { display } = await people.pictures.person(owner);
    const { items } = await people.pictures.list(owner, { limit: 1000 });
    const entries = (await people.pictures.history(owner, { limit: 1000 })).items;
    const displayed = { number: display?.number ?? Infinity, replaced: replacedIn(entries) };
    for (const picture of items) faults.push(...pictureFaults(picture, displayed, stored));
  }
  return faults;
}

/** Pictures that a later upload has replaced. Each stays its owner's to see, also where that later one goes. */
const replacedIn = (entries: readonly DisplayEntry[]): ReadonlySet<string> =>
  new Set(entries.flatMap(({ id, why }) => (why === 'newer' ? [id] : [])));

/** `number`: of the picture that is the display of its owner; infinite where there is none. */
interface Displayed {
  number: number;
  replaced: ReadonlySet<string>;
}

function pictureFaults(picture: Picture, displayed: Displayed, stored: ReadonlySet<string>): string[] {
  const { owner, id, number, state } = picture;
  const isShown = state === 'shown';
  const hasResult = stored.has(resultPictureRef(picture).key);
  const faults: [boolean, string][] = [
    [isShown && number > displayed.number, 'is newer than the display'],
    [
      isShown && number !== displayed.number && !displayed.replaced.has(id),
      'is shown, and neither displayed nor replaced',
    ],
    [hasResult !== isShown, `is ${state}, and its result is ${hasResult ? '' : 'not '}there`],
    [isShown && stored.has(sentPictureRef(picture).key), 'is shown, and its original is there'],
    [!['shown', 'hidden', 'failed', 'reviewing'].includes(state), `stays ${state}`],
  ];
  return faults.filter(([isFault]) => isFault).map(([, words]) => `${id} of ${owner} ${words}`);
}
