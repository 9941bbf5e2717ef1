import type { PictureView, ShownPicture } from '../contract/pictures.ts';
import type { Download } from '../contract/results.ts';
import type { ObjectRef } from '../core/object-keys.ts';
import { type AgreementVersion, mayShow } from '../core/pictures/agreement.ts';
import { resultPictureRef } from '../core/pictures/keys.ts';
import type { Picture, PicturePerson } from '../core/pictures/picture.ts';
import type { ApiServices } from './services.ts';
import { failureView, iso, signedView } from './views.ts';

/** Seconds for which a picture can be fetched: after a withdrawal it is out of reach by then, also for who asked before. */
export const picturesExpireSeconds = 300;

export function pictureView(picture: Picture): PictureView {
  const { owner, id, recipe, labels, needs, show, state, number, size, regions, base } = picture;
  return {
    ...{ id, person: owner, recipe, labels, needs: [...needs], show, state, number },
    createdAt: iso(picture.createdAt),
    changedAt: iso(picture.changedAt),
    ...(picture.shownAt !== undefined && { shownAt: iso(picture.shownAt) }),
    ...(base !== undefined && { story: base.story }),
    ...(size !== undefined && { size }),
    ...(regions !== undefined && { regions: regions.map((region) => ({ ...region })) }),
    ...(picture.failure !== undefined && { failure: failureView(picture.failure) }),
  };
}

/** Is anything of it to be seen at this moment? */
export const isShown = (
  picture: Picture,
  person: PicturePerson,
  versions: readonly AgreementVersion[],
  now: number,
): boolean => picture.state === 'shown' && mayShow(person, picture, versions, now);

export async function signPicture(
  ref: ObjectRef,
  { name, type }: { name: string; type: string },
  { ports: { objects }, signed }: Pick<ApiServices, 'ports' | 'signed'>,
): Promise<Download | undefined> {
  const head = await objects.head(ref);
  if (head === undefined) return undefined;
  const options = { expiresSeconds: picturesExpireSeconds, fileName: name, contentType: type };
  return { fileName: name, bytes: head.bytes, request: signedView(await signed.signGet(ref, options)) };
}

/** With a download where it is to be seen. */
export async function shownView(
  picture: Picture,
  { person, versions }: { person: PicturePerson; versions: readonly AgreementVersion[] },
  services: ApiServices,
): Promise<ShownPicture> {
  const view = pictureView(picture);
  if (!isShown(picture, person, versions, services.ports.clock.now())) return view;
  const name = `${picture.recipe}-${picture.id}.jpg`;
  const download = await signPicture(resultPictureRef(picture), { name, type: 'image/jpeg' }, services);
  return download === undefined ? view : { ...view, download };
}
