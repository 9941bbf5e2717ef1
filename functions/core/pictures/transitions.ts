import type { StoredFailure } from '../job.ts';
import {
  type AgreementRecord,
  type AgreementVersion,
  type Decision,
  isWithdrawn,
  mayProcess,
  mayShow,
} from './agreement.ts';
import type {
  Actor,
  DisplayEntry,
  HideReason,
  NewPicture,
  Picture,
  PicturePerson,
  PictureState,
  Region,
} from './picture.ts';

/*
 * As in core/transitions: each rule takes what is stored and returns what is to be stored, or undefined where it does not
 * apply; an adapter runs one and its writes as one atomic step over the person and the picture. `now`: ms since 1970.
 *
 *   waiting | held -> cropping -> (reviewing ->) swapping -> completing -> shown -> hidden
 *   waiting -> held (no consent)      any that has not ended -> failed      any -> withdrawn
 */

/** A signed upload is good for five minutes; then its picture is looked for. */
const uploadMs = 15 * 60_000;
/** A step that has said nothing for so long is begun again. */
const stuckMs = 15 * 60_000;
/** Between two looks at a picture that is held, and how long it is held at most. */
const heldAgainMs = 5 * 60_000;
export const heldMs = 60 * 60_000;
/** Between two looks at one that is shown: its consent may have lapsed. */
const shownAgainMs = 24 * 60 * 60_000;

/** What one step writes; what is absent stays as it is. `entries` are added to the history of the display. */
export interface Change {
  person: PicturePerson;
  picture: Picture;
  entries?: DisplayEntry[];
}

export interface Stored {
  person: PicturePerson;
  picture: Picture;
  versions: readonly AgreementVersion[];
}

export type Step =
  /** Its bytes are there. Again where it is being cropped already: a message came twice. */
  | { do: 'arrive' }
  | { do: 'found'; size: { width: number; height: number }; regions: readonly Region[]; review: boolean }
  | { do: 'reviewed'; regions: readonly Region[]; by: Actor }
  | { do: 'swapped' }
  | { do: 'show' }
  | { do: 'fail'; failure: StoredFailure }
  | { do: 'hide'; why: HideReason; by?: Actor }
  | { do: 'withdraw'; why: HideReason; by?: Actor }
  /** The next look at it is due later. */
  | { do: 'look' };

export const addPicture = (picture: NewPicture, person: PicturePerson, now: number): Change => ({
  person: { ...person, pictures: person.pictures + 1 },
  picture: {
    ...picture,
    state: 'waiting',
    number: person.pictures + 1,
    createdAt: now,
    changedAt: now,
    dueAt: now + uploadMs,
  },
});

export function takeStep(step: Step, stored: Stored, now: number): Change | undefined {
  switch (step.do) {
    case 'arrive':
      return arrive(stored, now);
    case 'found': {
      const { size, regions, review } = step;
      return from(stored, ['cropping'], { size, regions, state: review ? 'reviewing' : 'swapping' }, now);
    }
    case 'reviewed':
      return from(stored, ['reviewing'], { regions: step.regions, reviewedBy: step.by, state: 'swapping' }, now);
    case 'swapped':
      return from(stored, ['swapping'], { state: 'completing' }, now);
    case 'show':
      return show(stored, now);
    case 'fail':
      return from(stored, unended, { state: 'failed', failure: step.failure }, now);
    case 'hide':
      return stored.picture.state === 'shown' ? hide(stored, { ...step, state: 'hidden' }, now) : undefined;
    case 'withdraw':
      return stored.picture.state === 'withdrawn' ? undefined : hide(stored, { ...step, state: 'withdrawn' }, now);
    case 'look':
      return { person: stored.person, picture: withDue(stored.picture, now) };
  }
}

const unended: readonly PictureState[] = ['waiting', 'held', 'cropping', 'reviewing', 'swapping', 'completing'];

/** When a picture in its state is looked at again. */
function withDue(picture: Picture, now: number): Picture {
  const { dueAt: _, ...kept } = picture;
  const { state, keepMinutes, shownAt = now } = picture;
  if (state === 'waiting') return { ...kept, dueAt: now + uploadMs };
  if (state === 'held') return { ...kept, dueAt: now + heldAgainMs };
  if (state === 'cropping' || state === 'swapping' || state === 'completing') return { ...kept, dueAt: now + stuckMs };
  if (state === 'shown') {
    const ends = keepMinutes === undefined ? Infinity : shownAt + keepMinutes * 60_000;
    return { ...kept, dueAt: Math.min(ends, now + shownAgainMs) };
  }
  if (state === 'withdrawn') return { ...kept, dueAt: now + stuckMs }; // until its row is gone
  return kept;
}

const moved = (picture: Picture, change: Partial<Picture>, now: number): Picture =>
  withDue({ ...picture, ...change, changedAt: now }, now);

const from = (
  { person, picture }: Stored,
  states: readonly PictureState[],
  change: Partial<Picture>,
  now: number,
): Change | undefined =>
  states.includes(picture.state) ? { person, picture: moved(picture, change, now) } : undefined;

function arrive({ person, picture, versions }: Stored, now: number): Change | undefined {
  if (picture.state === 'cropping') return { person, picture };
  if (picture.state !== 'waiting' && picture.state !== 'held') return undefined;
  if (isWithdrawn(person, picture)) return { person, picture: moved(picture, { state: 'withdrawn' }, now) };
  const { heldSince = now, ...kept } = picture;
  if (mayProcess(person, picture, versions)) return { person, picture: moved(kept, { state: 'cropping' }, now) };
  return { person, picture: moved({ ...kept, heldSince }, { state: 'held' }, now) };
}

/** Where consent does not stand any more, the picture is withdrawn instead; a later upload keeps the display. */
function show({ person, picture, versions }: Stored, now: number): Change | undefined {
  if (picture.state !== 'completing') return undefined;
  if (!mayShow(person, picture, versions, now)) return { person, picture: moved(picture, { state: 'withdrawn' }, now) };
  const shown = moved({ ...picture, shownAt: now }, { state: 'shown' }, now);
  const { id, number, needs } = picture;
  const entries: DisplayEntry[] = [];
  const add = (entry: Omit<DisplayEntry, 'entry' | 'at'>) =>
    entries.push({ ...entry, entry: person.entries + entries.length + 1, at: now });
  const before = person.display;
  const isNewest = before === undefined || before.number < number;
  add({ id, number, change: 'shown' });
  if (before !== undefined) {
    const replaced = isNewest ? before : { id, number };
    add({ id: replaced.id, number: replaced.number, change: 'hidden', why: 'newer' });
  }
  const display = isNewest ? { id, number, shownAt: now, needs } : before;
  return { person: { ...person, entries: person.entries + entries.length, display }, picture: shown, entries };
}

function hide(
  { person, picture }: Stored,
  { state, why, by }: { state: PictureState; why: HideReason; by?: Actor },
  now: number,
): Change {
  const hidden = moved(picture, { state }, now);
  if (person.display?.id !== picture.id) return { person, picture: hidden };
  const { display: _, ...rest } = person;
  const entry = person.entries + 1;
  const { id, number } = picture;
  const entries: DisplayEntry[] = [
    { entry, id, number, change: 'hidden', why, ...(by !== undefined && { by }), at: now },
  ];
  return { person: { ...rest, entries: entry }, picture: hidden, entries };
}

/** A decision, and what it does to the display: withdrawn consent takes it away in the same step, and every upload so far with it. */
export function decide(
  person: PicturePerson,
  decision: Decision,
  now: number,
): { person: PicturePerson; record: AgreementRecord; entries?: DisplayEntry[] } {
  const { agree, agreement, version } = decision;
  const consents = { ...person.consents };
  const withdrawn = { ...person.withdrawn };
  for (const purpose of decision.purposes) {
    consents[purpose] = { agree, agreement, version, at: now };
    if (!agree) withdrawn[purpose] = person.pictures;
  }
  const record = { ...decision, record: person.records + 1, savedAt: now };
  const decided = { ...person, records: record.record, consents, withdrawn };
  const { display, ...rest } = decided;
  if (display === undefined || agree || !display.needs.some((purpose) => decision.purposes.includes(purpose)))
    return { person: decided, record };
  const entry = person.entries + 1;
  const { id, number } = display;
  return {
    person: { ...rest, entries: entry },
    record,
    entries: [{ entry, id, number, change: 'hidden', why: 'withdrawn', by: 'owner', at: now }],
  };
}
