import { Failure } from '../../core/errors.ts';
import type { PictureMessage } from '../../core/messages.ts';
import { type AgreementVersion, mayProcess, mayShow } from '../../core/pictures/agreement.ts';
import { allSteps, pictureOfStep, sentPictureRef } from '../../core/pictures/keys.ts';
import type { HideReason, Picture } from '../../core/pictures/picture.ts';
import { heldMs } from '../../core/pictures/transitions.ts';
import { allObjects } from '../../object-streams/all-pages.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { PeoplePorts } from '../../ports/ports.ts';
import type { Queue } from '../../ports/queue.ts';
import { removeObjects } from '../pictures/remove-picture.ts';
import { tidyPictures as stage } from './descriptor.ts';

export interface TidyServices {
  objects: ObjectStore;
  queue: Queue;
  clock: Clock;
  people?: PeoplePorts;
}

export interface TidyReport {
  /** Whose step was begun again. */
  resumed: number;
  /** Never sent, or held too long. */
  failed: number;
  /** Whose time, or whose consent, was over. */
  hidden: number;
}

/** Pictures of one round; the others are due in the next. */
const atOnce = 500;

/** One round over the pictures that are due. */
export async function tidyPictures({ people, ...services }: TidyServices): Promise<TidyReport> {
  const report: TidyReport = { resumed: 0, failed: 0, hidden: 0 };
  if (people === undefined) return report;
  await giveUp({ ...people, ...services }, report);
  await removeLate({ ...people, ...services });
  const versions = await people.agreements.versions();
  for (const picture of await people.pictures.due(services.clock.now(), atOnce))
    report[await look(picture, versions, { ...people, ...services })]++;
  return report;
}

/**
 * Dead letters: what was tried too often. A withdrawal never ends: it is sent again; any other picture fails, and what there
 * is of it goes.
 */
async function giveUp({ pictures, objects, queue }: Looking, report: TidyReport): Promise<void> {
  for (;;) {
    const letters = await queue.receiveDead('pictures', { max: 10, visibilitySeconds: stage.timeoutSeconds });
    if (letters.length === 0) return;
    for (const { body, receipt } of letters) {
      const { kind, owner, id } = body;
      if (kind === 'withdraw' || id === undefined) await queue.send('pictures', [body], { delaySeconds: 60 });
      else {
        const { code, message } = new Failure('gaveUp', { detail: 'the picture could not be processed' });
        const failed = await pictures.take({ owner, id }, { do: 'fail', failure: { code, message } });
        if (failed !== undefined) await removeObjects(failed, objects);
        report.failed++;
      }
      await queue.acknowledgeDead('pictures', [receipt]);
    }
  }
}

/** What a container stored when nobody waited for it any more: its address is good for longer than its picture may be there. */
async function removeLate({ pictures, objects }: Looking): Promise<void> {
  for await (const { key } of allObjects(objects, 'pictures', allSteps)) {
    const ref = pictureOfStep(key);
    const state = ref && (await pictures.get(ref))?.state;
    if (state !== 'swapping' && state !== 'completing') await objects.remove({ bucket: 'pictures', key });
  }
}

type Looking = PeoplePorts & Omit<TidyServices, 'people'>;

async function look(
  picture: Picture,
  versions: readonly AgreementVersion[],
  services: Looking,
): Promise<keyof TidyReport> {
  const { pictures, objects, clock } = services;
  const again = async (kind: PictureMessage['kind']): Promise<keyof TidyReport> => {
    await services.queue.send('pictures', [{ kind, owner: picture.owner, id: picture.id }]);
    await pictures.take(picture, { do: 'look' });
    return 'resumed';
  };
  const fail = async ({ code, message }: Failure): Promise<keyof TidyReport> => {
    await pictures.take(picture, { do: 'fail', failure: { code, message } });
    await removeObjects(picture, objects);
    return 'failed';
  };
  switch (picture.state) {
    case 'waiting':
      if ((await objects.head(sentPictureRef(picture))) === undefined) return fail(new Failure('pictureNotSent', {}));
      return again('crop');
    case 'held': {
      if (mayProcess(await pictures.person(picture.owner), picture, versions)) return again('crop');
      const isOver = clock.now() - (picture.heldSince ?? 0) >= heldMs;
      return isOver ? fail(new Failure('pictureHeldTooLong', {})) : again('crop');
    }
    case 'shown':
      return lookAtShown(picture, versions, services);
    case 'withdrawn':
      return again('withdraw');
    default:
      return again(picture.state === 'swapping' ? 'swap' : picture.state === 'completing' ? 'complete' : 'crop');
  }
}

async function lookAtShown(
  picture: Picture,
  versions: readonly AgreementVersion[],
  { pictures, objects, clock }: Looking,
): Promise<keyof TidyReport> {
  const { keepMinutes = Infinity, shownAt = 0, owner } = picture;
  const isOver = clock.now() >= shownAt + keepMinutes * 60_000;
  const stands = mayShow(await pictures.person(owner), picture, versions, clock.now());
  if (!isOver && stands) {
    await pictures.take(picture, { do: 'look' });
    return 'resumed';
  }
  const why: HideReason = isOver ? 'expired' : 'lapsed';
  await pictures.take(picture, { do: 'hide', why });
  await removeObjects(picture, objects);
  return 'hidden';
}
