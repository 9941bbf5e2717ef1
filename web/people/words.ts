import type { AgreementView } from '../../functions/contract/agreements.ts';
import type { PictureView } from '../../functions/contract/pictures.ts';
import type { Purpose } from '../../functions/core/pictures/picture.ts';

type Standing = AgreementView['purposes'][number]['standing'];

const pictures = (count: number): string => (count === 1 ? '1 picture' : `${count} pictures`);

/** Every word of the screens about pictures of people. Apart from the page's, which are loaded first. */
export const words = {
  nav: 'Pictures of people',
  pictures: 'Pictures',
  agreements: 'My agreements',
  reviews: 'Review',

  picturesText:
    'Photographs that you send, and what came of them. Not a byte of a picture is read before you have agreed.',
  send: 'Send a photograph',
  recipe: 'What happens with it',
  recipeText: ({ review, show }: { review: boolean; show: PictureView['show'] }): string =>
    [
      review ? 'You or an administrator look at it first.' : 'It is shown as soon as it is done.',
      show === 'lab' ? 'Everybody of the lab sees the result.' : 'Only you see the result.',
    ].join(' '),
  original: (isDeleted: boolean): string =>
    isDeleted ? 'What you send is deleted when it is done.' : 'What you send is kept until you delete it.',
  keep: (minutes: number): string => `The result is shown for ${minutes} minutes.`,
  noRecipes: 'No recipe can be used here. Ask an administrator.',
  file: 'Photograph',
  fileHint: '20 MB and 50 megapixels at most. Place, camera and texts in the file are never kept.',
  sendNow: 'Send',
  sending: 'Sending',
  sendFailed: 'The photograph was not sent',
  needsAgreement: 'It waits for your agreement',
  needsAgreementText:
    'You can send it now: it is held for an hour at most, and deleted where you have not agreed by then.',
  noText: 'There is no text to agree to yet',
  noTextAdmin: 'Write it as Markdown, a file a language, and publish it with',
  noTextCommand: (origin: string): string => `labdeploy agreements publish photographs.en.md --url ${origin}`,
  noTextText: 'An administrator publishes it. What is sent before is deleted after an hour.',
  toAgreements: 'Look at my agreements',
  yours: 'Your pictures',
  none: 'You have sent no picture.',
  older: 'Older pictures',
  states: {
    waiting: 'being sent',
    held: 'waits for your agreement',
    cropping: 'being read',
    reviewing: 'waits for a person to look at it',
    swapping: 'being worked on',
    completing: 'being finished',
    shown: 'shown',
    hidden: 'not shown any more',
    failed: 'failed',
    withdrawn: 'being removed',
  } satisfies Record<PictureView['state'], string>,
  seenBy: { owner: 'seen by you alone', lab: 'seen by the lab' } satisfies Record<PictureView['show'], string>,
  picture: (recipe: string, when: string): string => `${recipe}, ${when}`,
  review: 'Look at its boxes',
  remove: 'Delete',
  removeOf: (name: string): string => `Delete ${name}`,
  removeTitle: 'Delete this picture?',
  removeText: 'It is hidden at once, and deleted with everything that was made of it. This cannot be undone.',
  removeConfirm: 'Delete for ever',
  removeFailed: 'The picture was not deleted',
  cancel: 'Leave as it is',
  ofLab: 'What the lab sees',
  noneOfLab: 'Nothing is shown.',

  agreementsText: 'What you are asked, what you said, and when. You can withdraw at any moment.',
  noAgreements: 'No text is published yet, so no picture of a person is worked on.',
  version: (version: number, when: string): string => `version ${version}, published ${when}`,
  language: 'Language',
  fingerprint: (sha256: string): string => `SHA-256 of this text: ${sha256}`,
  purposes: {
    process: 'pictures of me are worked on',
    'share-lab': 'people of the lab see the result',
  } satisfies Record<Purpose, string>,
  asked: 'I agree that',
  standings: {
    agreed: 'agreed',
    lapsed: 'agreed to an earlier text: this one asks again',
    declined: 'withdrawn',
    open: 'not said yet',
  } satisfies Record<Standing, string>,
  agree: 'Agree',
  decideFailed: 'It was not saved',
  withdraw: 'Withdraw…',
  withdrawOf: (purpose: Purpose): string => `Withdraw that ${words.purposes[purpose]}`,
  withdrawTitle: (purpose: Purpose): string => `Withdraw that ${words.purposes[purpose]}?`,
  withdrawText: (count: number, orMore: boolean): string =>
    count === 0
      ? 'No picture of yours needs it now. Later ones that need it are not worked on.'
      : `${orMore ? `At least ${pictures(count)}` : pictures(count)} of yours ${count === 1 && !orMore ? 'needs' : 'need'} it: hidden at once, and deleted with all that was made of them. Copies that others downloaded stay with them.`,
  withdrawConfirm: 'Withdraw',
  said: 'What you said',
  noRecords: 'You have said nothing yet.',
  record: (agree: boolean, purposes: readonly Purpose[]): string =>
    `${agree ? 'Agreed' : 'Withdrawn'}: ${purposes.map((purpose) => words.purposes[purpose]).join('; ')}`,
  recordOf: (agreement: string, version: number, language: string): string =>
    `${agreement}, version ${version} (${language})`,
  earlier: 'Earlier',
  receipt: 'Download a receipt',
  receiptText: 'All that you said, with the SHA-256 of the texts that were shown, and the texts that stand.',
  receiptFailed: 'There is no receipt',

  reviewsText: 'Pictures whose boxes a person looks at before they are shown.',
  noReviews: 'No picture waits.',
  boxes: (count: number): string => (count === 1 ? '1 box' : `${count} boxes`),
  moreReviews: 'More pictures',
  reviewTitle: 'Review a picture',
  reviewText: 'What is in a box is worked on as the recipe says; everything else stays as it is.',
  recipeOf: ({ title, about }: { title: string; about: string }): string => `${title}: ${about}`,
  toReviews: 'All pictures that wait',
  notWaiting: 'This picture does not wait',
  notWaitingText: 'Somebody looked at it meanwhile, or its owner deleted it.',
  upright: 'The picture as it was sent, upright',
  keys: 'Arrow keys move the chosen box, with Shift they change its size, Delete removes it.',
  box: (number: number, { x, y, width, height }: { x: number; y: number; width: number; height: number }): string =>
    `Box ${number}: ${Math.round(width)} by ${Math.round(height)} pixels at ${Math.round(x)}, ${Math.round(y)}`,
  addBox: 'Add a box',
  removeBox: 'Remove the box',
  show: 'Show it',
  noBoxTitle: 'Show it without a box?',
  noBoxText: 'Nothing of the picture is made unrecognisable then.',
  showConfirm: 'Show it as it is',
  keepBack: 'Keep it back',
  keepBackTitle: 'Keep this picture back?',
  keepBackText: 'It is never shown, and deleted. Its owner reads that whoever looked at it decided so.',
  keepBackConfirm: 'Keep it back',
  reviewFailed: 'It was not saved',
};
