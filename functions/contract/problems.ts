import type { FactsOf } from '../core/errors.ts';
import type { ProblemView } from './problem-view.ts';

interface Row {
  status: number;
  title: string;
  /** What happened to what, and what to do. */
  detail: string;
}

const rows = {
  // the request
  requestInvalid: ({ what }: { what: string }) => ({
    status: 400,
    title: 'the request is not valid',
    detail: `${what}; correct it and send it again`,
  }),
  jsonInvalid: ({ why }: { why: string }) => ({
    status: 400,
    title: 'the body is not JSON',
    detail: `${why}; send valid JSON in UTF-8`,
  }),
  bodyTooLarge: ({ limit }: { limit: number }) => ({
    status: 413,
    title: 'the body is too large',
    detail: `more than ${limit} bytes; send fewer files or parts a call`,
  }),
  bodyNotJson: () => ({
    status: 415,
    title: 'the body is not JSON',
    detail: 'send it with Content-Type: application/json, in UTF-8',
  }),
  requestTimeout: () => ({
    status: 408,
    title: 'the request did not arrive in time',
    detail: 'it was not whole when the time ended; send it again',
  }),
  headTooLarge: () => ({
    status: 431,
    title: 'the head of the request is too large',
    detail: 'its address and headers have more than 64 KiB; send less of them',
  }),
  notHttp: () => ({
    status: 400,
    title: 'not a request of HTTP/1.1',
    detail: 'it could not be read; use a client that speaks HTTP',
  }),
  routeUnknown: ({ path }: { path: string }) => ({
    status: 404,
    title: 'no such resource',
    detail: `there is nothing at ${path}; /openapi.json lists what there is`,
  }),
  methodRefused: ({ method, allowed }: { method: string; allowed: string }) => ({
    status: 405,
    title: 'the method is not for this resource',
    detail: `${method} is not one of ${allowed}`,
  }),
  cursorRefused: () => ({
    status: 400,
    title: 'the cursor is not a page of this list',
    detail: 'start again without a cursor',
  }),
  keyReused: () => ({
    status: 422,
    title: 'the Idempotency-Key was used for another request',
    detail: 'make a new key for each request; only a repeat of the same request may use it again',
  }),
  requestRunning: () => ({
    status: 409,
    title: 'the same request is still running',
    detail: 'it came before with this Idempotency-Key and has no answer yet; ask again in a second',
  }),

  // who asks, and how much
  tokenMissing: () => ({
    status: 401,
    title: 'not signed in',
    detail: 'send Authorization: Bearer and an access token of the issuer in /v1/config',
  }),
  tokenRefused: ({ why }: { why: string }) => ({
    status: 401,
    title: 'the access token is refused',
    detail: `${why}; sign in again`,
  }),
  tokenExpired: () => ({
    status: 401,
    title: 'the access token has expired',
    detail: 'refresh it, or sign in again',
  }),
  tooFast: ({ seconds }: { seconds: string }) => ({
    status: 429,
    title: 'too many requests',
    detail: `wait ${seconds} s, then go on more slowly`,
  }),
  overPlan: ({ what, next }: { what: string; next: string }) => ({
    status: 403,
    title: 'over the limit of your plan',
    detail: `${what}; ${next}`,
  }),
  overDay: ({ what }: { what: string }) => ({
    status: 429,
    title: 'over the daily limit of your plan',
    detail: `${what}; go on tomorrow (UTC), or ask the admin for a larger plan`,
  }),

  // jobs and files
  jobMissing: ({ id }: { id: string }) => ({
    status: 404,
    title: 'no such job',
    detail: `there is no job ${id} of yours; look at the list of your jobs`,
  }),
  fileMissing: ({ path }: { path: string }) => ({
    status: 404,
    title: 'no such file in the job',
    detail: `the job has no file '${path}'; look at the list of its files`,
  }),
  modelMissing: ({ name }: { name: string }) => ({
    status: 422,
    title: 'no such model',
    detail: `there is no model '${name}'; choose one of the list of models`,
  }),
  adminsOnly: ({ what }: { what: string }) => ({
    status: 403,
    title: 'only administrators may do this',
    detail: `${what}; ask an administrator of this service`,
  }),
  versionMissing: ({ id }: { id: string }) => ({
    status: 404,
    title: 'no such version of a model',
    detail: `there is no version ${id}; look at the list of versions`,
  }),
  versionState: ({ why }: { why: string }) => ({
    status: 409,
    title: 'the version of the model is not in a state for this',
    detail: `${why}; look at the version again`,
  }),
  packageMissing: () => ({
    status: 409,
    title: 'the package is not there',
    detail: 'it has not arrived, or the days for which packages wait are over; send the package again',
  }),
  packageTooLarge: ({ bytes, limit }: { bytes: number; limit: number }) => ({
    status: 413,
    title: 'the package is too large',
    detail: `it has ${bytes} bytes, and a package may have ${limit}; leave out weights of other formats than ONNX`,
  }),
  positiveTwice: () => ({
    status: 422,
    title: 'a channel is to be positive by two thresholds',
    detail: 'name each channel of `positive` once; names that make the same column of a table are one',
  }),
  scaleTwice: () => ({
    status: 422,
    title: 'the scale is given twice',
    detail: 'give either `scale` or `diameter`: each decides by itself by how much images are reduced for the model',
  }),
  jobEnded: ({ state }: { state: string }) => ({
    status: 409,
    title: 'the job has ended',
    detail: `it is ${state}; make a new job`,
  }),
  listOpen: ({ state }: { state: string }) => ({
    status: 409,
    title: 'the list of files of that job is not closed',
    detail: `it is ${state}; wait until all of its images are sent, or send them in a new job`,
  }),
  inputsGone: ({ id }: { id: string }) => ({
    status: 409,
    title: 'the images are not there any more',
    detail: `the images of job ${id} were sent so long ago that they are no longer kept; send them in a new job`,
  }),
  jobEmpty: () => ({
    status: 409,
    title: 'the job has no files',
    detail: 'upload at least one file, or delete the job',
  }),
  uploadsMissing: ({ missing }: { missing: number }) => ({
    status: 409,
    title: 'not everything has arrived',
    detail: `${missing} of the files that were named are not there; send them, or submit with {"missing": "fail"} to go on without them`,
  }),
  nothingToRetry: ({ state }: { state: string }) => ({
    status: 409,
    title: 'there is nothing to retry',
    detail: `the job is ${state}, and only failed files of a job that has ended are tried again`,
  }),
  uploadMissing: ({ path }: { path: string }) => ({
    status: 404,
    title: 'no such upload',
    detail: `there is no unfinished upload of '${path}' with this id; begin a new one`,
  }),
  partsWrong: ({ why }: { why: string }) => ({
    status: 409,
    title: 'the parts do not make the file',
    detail: `${why}; look at which parts are there and send the others again`,
  }),
  resultsMissing: ({ why }: { why: string }) => ({
    status: 409,
    title: 'there are no results yet',
    detail: `${why}; ask again when it is done`,
  }),
  resultArchived: ({ why, next }: { why: string; next: string }) => ({
    status: 409,
    title: 'the results are archived',
    detail: `${why}; ${next}`,
  }),
  resultDeleted: ({ when }: { when: string }) => ({
    status: 410,
    title: 'the results were deleted',
    detail: `they had been in the archive as long as the plan says, and were deleted at ${when}; previews and tables are here. Process the images again for the others`,
  }),
  planArchives: () => ({
    status: 403,
    title: 'your plan keeps results in the archive',
    detail: 'ask the admin for another plan: then all your results come back by themselves',
  }),
  memberMissing: () => ({
    status: 404,
    title: 'no such account',
    detail: 'no account of this service has the address or id; labdeploy users list shows those that there are',
  }),
  upgradesOff: () => ({
    status: 403,
    title: 'plans are changed by administrators alone',
    detail: 'plans are not taken or asked for here; ask the admin for another one',
  }),
  planMissing: ({ name, plans }: { name: string; plans: string }) => ({
    status: 422,
    title: 'no such plan',
    detail: `there is no plan '${name}'; there are ${plans}`,
  }),
  planRequestMissing: ({ person }: { person: string }) => ({
    status: 409,
    title: 'the person does not ask for this plan',
    detail: `${person} asks for none or for another one by now; look at the list of requests again`,
  }),
  eventUnsigned: () => ({
    status: 401,
    title: 'the event is not signed as it must be',
    detail:
      'send Labdeploy-Timestamp and Labdeploy-Signature, made of exactly the bytes of the body and with the secret of this service',
  }),
  eventStale: ({ seconds }: { seconds: number }) => ({
    status: 400,
    title: 'the event was not signed just now',
    detail: `its time differs from the service's by more than ${seconds} s; sign it again when it is sent again, and set both clocks`,
  }),
  eventReused: ({ id }: { id: string }) => ({
    status: 409,
    title: 'the id is that of another event',
    detail: `event ${id} came before with another person or plan; give each event an id of its own`,
  }),
  archiveOff: () => ({
    status: 409,
    title: 'the archive is not connected',
    detail: 'this service runs without the archive where the results are; ask the admin to switch it on again',
  }),
  noResults: ({ why, next }: { why: string; next: string }) => ({
    status: 409,
    title: 'the file has no results',
    detail: `${why}. What to do: ${next}`,
  }),
  inputMissing: ({ path }: { path: string }) => ({
    status: 409,
    title: 'the image is not there',
    detail: `'${path}' has not arrived, or the days for which images are kept are over; its results can still be downloaded`,
  }),

  jobReadOnly: ({ by }: { by: string }) => ({
    status: 403,
    title: 'the job is shared with you to read',
    detail: `only its owner, ${by}, can do that; look at it, and download its results`,
  }),
  sharingOff: () => ({
    status: 403,
    title: 'jobs are not shared here',
    detail: 'one person has this service alone; labdeploy local --users makes accounts for a lab',
  }),
  personMissing: ({ email }: { email: string }) => ({
    status: 404,
    title: 'no such person',
    detail: `no account with the address ${email} may sign in here; check the address, or have the admin invite it`,
  }),
  shareRefused: ({ why }: { why: string }) => ({
    status: 422,
    title: 'the job cannot be shared like this',
    detail: `${why}; look at who sees the job`,
  }),
  personPresent: () => ({
    status: 409,
    title: 'the person has an account',
    detail: 'only who was removed is forgotten; remove the account first (labdeploy users remove)',
  }),
  dataSetMissing: ({ id }: { id: string }) => ({
    status: 404,
    title: 'no such data set',
    detail: `there is no data set ${id} of yours; look at the list of your data sets`,
  }),
  dataSetFull: ({ limit }: { limit: number }) => ({
    status: 409,
    title: 'the data set is full',
    detail: `it has ${limit} images; make another one`,
  }),
  kindUnavailable: ({ kind }: { kind: string }) => ({
    status: 409,
    title: 'this service teaches no such model',
    detail: `a ${kind} cannot be taught here; download the data set and use labdeploy train`,
  }),
  imagesArriving: () => ({
    status: 409,
    title: 'images are on their way into the data set',
    detail: 'a training begins with all of them; wait until they are there',
  }),
  zipBeingMade: () => ({
    status: 409,
    title: 'the zip is being made',
    detail: 'ask for it again in some seconds; it is kept until the data set changes',
  }),
  nothingAccepted: ({ path }: { path: string }) => ({
    status: 409,
    title: 'nothing is accepted',
    detail: `no region of ${path} is accepted: accept one in which every object is right`,
  }),
  planeTooLarge: ({ width, height, limit }: { width: number; height: number; limit: number }) => ({
    status: 409,
    title: 'the image is too large to teach with',
    detail: `its planes have ${width} x ${height} pixels, and ${limit} are the most; send a part of it in another job`,
  }),
  labelsMissing: ({ what }: { what: string }) => ({
    status: 409,
    title: 'too little is labelled',
    detail: `${what}; accept more regions, or the same of another image`,
  }),
  trainingRunning: () => ({
    status: 409,
    title: 'a training is in work',
    detail: 'wait until it ends, or stop it',
  }),
  reportMissing: () => ({
    status: 404,
    title: 'there is no report',
    detail: 'no training of this data set has made a model yet',
  }),
  notCorrectable: ({ why }: { why: string }) => ({
    status: 409,
    title: 'its labels cannot be corrected',
    detail: `${why}; corrections are of images that are done, in a job that is completed`,
  }),
  editOutside: ({ what }: { what: string }) => ({
    status: 422,
    title: 'a correction does not fit the image',
    detail: `${what}; open the image again, or take labels of the same size`,
  }),
  revisionMissing: ({ revision }: { revision: number }) => ({
    status: 409,
    title: 'no such revision',
    detail: `the corrections of this image have no revision ${revision}; ask for them after revision 0`,
  }),
  nothingCorrected: () => ({
    status: 409,
    title: 'nothing is corrected',
    detail: 'no image of the job has a correction; correct labels in the viewer, or by labdeploy jobs correct',
  }),
  figureMissing: ({ id }: { id: string }) => ({
    status: 404,
    title: 'no such card in the gallery',
    detail: `there is no card ${id}, it was taken away, or its time is over; look at the gallery again`,
  }),
  figureOfOthers: ({ what }: { what: string }) => ({
    status: 403,
    title: 'the card is of another person',
    detail: `only who published it ${what}; ask them, or an administrator to take it away`,
  }),
  figureRefused: ({ why }: { why: string }) => ({
    status: 422,
    title: 'the card cannot be published like this',
    detail: `${why}; correct it and send it again`,
  }),
  linksOff: () => ({
    status: 403,
    title: 'public links are off',
    detail: 'the admin of this service does not allow them; download the results and pass them on yourself',
  }),
  linkMissing: () => ({
    status: 404,
    title: 'no such link',
    detail: 'it has ended, is not whole, or what it led to is deleted; ask whom you have it from for a new one',
  }),

  pictureMissing: ({ id }: { id: string }) => ({
    status: 404,
    title: 'no such picture',
    detail: `there is no picture ${id} of yours; look at the list of your pictures`,
  }),
  pictureState: ({ why }: { why: string }) => ({
    status: 409,
    title: 'the picture is not in a state for this',
    detail: `${why}; look at the picture again`,
  }),
  recipeMissing: ({ name }: { name: string }) => ({
    status: 422,
    title: 'no such recipe',
    detail: `there is no recipe '${name}' that can be used; choose one of the list of recipes`,
  }),
  labelsWrong: ({ what }: { what: string }) => ({
    status: 422,
    title: 'the labels are not those of the recipe',
    detail: `${what}; the list of recipes says which each needs`,
  }),
  baseMissing: ({ labels }: { labels: string }) => ({
    status: 409,
    title: 'no base picture fits',
    detail: `there is none for ${labels}; ask an administrator to add one (labdeploy bases add)`,
  }),
  agreementMissing: ({ name }: { name: string }) => ({
    status: 404,
    title: 'no such agreement',
    detail: `there is no text ${name}; look at what can be agreed to`,
  }),
  agreementChanged: ({ version }: { version: number }) => ({
    status: 409,
    title: 'the text has changed meanwhile',
    detail: `version ${version} stands now; show that one, and ask again`,
  }),

  // signed requests, answered by the local object store
  signatureRefused: ({ why }: { why: string }) => ({
    status: 403,
    title: 'the signed URL is refused',
    detail: `${why}; ask the API for a new one`,
  }),
  objectMissing: () => ({ status: 404, title: 'no such object', detail: 'it was deleted; ask the API what there is' }),
  objectPresent: () => ({
    status: 412,
    title: 'the object is there already',
    detail: 'nothing was changed; go on with the next file',
  }),
  lengthWrong: ({ what }: { what: string }) => ({
    status: 400,
    title: 'the size is not what was signed',
    detail: `${what}; ask the API to sign the file as it is now`,
  }),
  bytesWrong: ({ what }: { what: string }) => ({
    status: 400,
    title: 'the bytes are not what was announced',
    detail: `${what}; send the file again`,
  }),
  rangeWrong: ({ bytes }: { bytes: number }) => ({
    status: 416,
    title: 'the range is outside the object',
    detail: `the object has ${bytes} bytes; ask for a range inside`,
  }),

  // the service
  noSpace: () => ({
    status: 507,
    title: 'the disk of the service is full',
    detail: 'nothing was stored; ask the admin to free some space, then send it again',
  }),
  noRoom: ({ what, next }: { what: string; next: string }) => ({
    status: 507,
    title: 'there is no room for this upload',
    detail: `${what}; ${next}`,
  }),
  unwritable: () => ({
    status: 503,
    title: 'the service cannot write to its disk',
    detail: 'nothing was stored, and what was stays; ask the admin, whose log says why, then send it again',
  }),
  unavailable: () => ({
    status: 503,
    title: 'the service is not ready',
    detail: 'try again in some seconds; if that does not help, ask the admin',
  }),
  internal: () => ({
    status: 500,
    title: 'a bug of ours',
    detail: 'the service failed on this request and wrote why to its log; report the request id',
  }),
} satisfies Record<string, (facts: never) => Row>;

export type ProblemCode = keyof typeof rows;

export const problemCodes = Object.keys(rows) as ProblemCode[];
export const problemStatus = (code: ProblemCode): number => (rows[code] as (facts: object) => Row)({}).status;
export const problemType = (code: ProblemCode): string => `urn:labdeploy:problem:${code}`;

type Extra = Partial<Pick<ProblemView, 'errors' | 'missing' | 'missingCount' | 'quota' | 'limit' | 'used'>>;

/** An answer to a request that cannot be served as asked. Whatever else is thrown is `internal`. */
export class Problem<C extends ProblemCode = ProblemCode> extends Error {
  readonly code: C;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly extra: Extra;
  /** Response headers: Retry-After, Allow, WWW-Authenticate. */
  readonly headers: Record<string, string>;

  constructor(
    code: C,
    facts: FactsOf<(typeof rows)[C]>,
    { extra = {}, headers = {}, ...options }: ErrorOptions & { extra?: Extra; headers?: Record<string, string> } = {},
  ) {
    const { status, title, detail } = (rows[code] as (facts: object) => Row)(facts);
    super(`${title}: ${detail}`, options);
    this.name = 'Problem';
    this.code = code;
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.extra = extra;
    this.headers = headers;
  }
}

export const problemBody = (problem: Problem, request: { instance: string; requestId: string }): ProblemView => ({
  type: problemType(problem.code),
  title: problem.title,
  status: problem.status,
  detail: problem.detail,
  instance: request.instance,
  code: problem.code,
  requestId: request.requestId,
  ...problem.extra,
});
