import { type Messages, noticeChannels, pictureKinds, type QueueName, type TrainingMessage } from '../core/messages.ts';
import { answersPrefix, splitKey, splitRequestKey } from '../core/object-keys.ts';
import { pictureMessageOf } from '../core/pictures/keys.ts';
import type { Receipt } from '../core/pictures/receipt.ts';

type Fields = Record<string, unknown>;

/** What each queue's own messages look like; undefined where the fields are not those of one. */
const readers: { [Q in QueueName]: (fields: Fields) => Messages[Q] | undefined } = {
  unzip: ({ owner, id, archive }) =>
    isText(owner) && isText(id) && (archive === undefined || isText(archive))
      ? { owner, id, ...(archive !== undefined && { archive }) }
      : undefined,
  files: (fields) => imageOf(fields),
  large: (fields) => trainingOf(fields) ?? imageOf(fields),
  zips: ({ owner, id, generation, corrected }) =>
    isText(owner) && isText(id) && isCount(generation)
      ? { owner, id, generation, ...(isCount(corrected) && { corrected }) }
      : undefined,
  cold: (fields) => coldOf(fields),
  answers: (fields) => answerOf(fields) ?? noticeOf(fields),
  teaching: (fields) => teachingOf(fields),
  notices({ owner, id, generation, channel, restored, receipt }) {
    if (isText(owner) && receipt !== undefined) return isReceipt(receipt) ? { owner, receipt } : undefined;
    if (!isText(owner) || !isText(id) || !isCount(generation)) return undefined;
    const base = { owner, id, generation, ...(isCount(restored) && { restored }) };
    if (channel === undefined) return base;
    const known = noticeChannels.find((name) => name === channel);
    return known && { ...base, channel: known };
  },
  pictures({ kind, owner, id }) {
    const known = pictureKinds.find((name) => name === kind);
    if (known === undefined || !isText(owner) || !(id === undefined || isText(id))) return undefined;
    return { kind: known, owner, ...(id !== undefined && { id }) };
  },
};

function trainingOf({ owner, id, trainingOf: askedAt }: Fields): TrainingMessage | undefined {
  return isText(owner) && isText(id) && isCount(askedAt) ? { owner, id, trainingOf: askedAt } : undefined;
}

function teachingOf({ kind, owner, id, job, path, askedAt }: Fields): Messages['teaching'] | undefined {
  if (!isText(owner) || !isText(id)) return undefined;
  if (kind === 'add') return isText(job) && isText(path) ? { kind, owner, id, job, path } : undefined;
  if (kind === 'train') return isCount(askedAt) ? { kind, owner, id, askedAt } : undefined;
  return kind === 'zip' ? { kind, owner, id } : undefined;
}

function imageOf({ owner, id, path, rounds, memoryMb, corrected }: Fields): Messages['files'] | undefined {
  if (!isText(owner) || !isText(id) || !isText(path)) return undefined;
  const base = { owner, id, path, ...(isCount(rounds) && { rounds }), ...(isCount(memoryMb) && { memoryMb }) };
  if (corrected === undefined) return base;
  const { round, revision } = isFields(corrected) ? corrected : {};
  return isCount(round) && isCount(revision) ? { ...base, corrected: { round, revision } } : undefined;
}

function answerOf({ owner, id, image, request, attempt, answer, reason }: Fields): Messages['answers'] | undefined {
  if (!isText(owner) || !isText(id) || !isText(image) || !isText(request) || !isCount(attempt)) return undefined;
  const of = { owner, id, image, request, attempt };
  return { ...of, ...(isText(answer) && { answer }), ...(isText(reason) && { reason }) };
}

/**
 * What SageMaker publishes of a request, delivered raw. Its input's key says of which image it was; keys of others are not
 * ours. Source: SageMaker AI developer guide, asynchronous inference, check prediction results.
 */
function noticeOf({
  invocationStatus,
  inferenceId,
  failureReason,
  ...fields
}: Fields): Messages['answers'] | undefined {
  const [asked, given] = [fields.requestParameters, fields.responseParameters].map((each) =>
    isFields(each) ? each : {},
  );
  const of = splitRequestKey(keyAt(asked!.inputLocation) ?? '//');
  const attempt = Number(/\.(\d+)$/.exec(isText(inferenceId) ? inferenceId : '')?.[1]);
  if (of === undefined || !isCount(attempt)) return undefined;
  if (invocationStatus === 'Failed')
    return { ...of, attempt, ...(isText(failureReason) && { reason: failureReason.slice(0, mostReason) }) };
  const answer = keyAt(given!.outputLocation);
  return answer?.startsWith(answersPrefix) ? { ...of, attempt, answer } : undefined;
}

/** Characters of what an endpoint says of a failure. */
const mostReason = 2000;

/** Key of `s3://BUCKET/KEY`. */
const keyAt = (location: unknown): string | undefined =>
  isText(location) ? /^s3:\/\/[^/]+\/(.+)$/.exec(location)?.[1] : undefined;

function coldOf(fields: Fields): Messages['cold'] | undefined {
  const { kind, owner, id, generation, round, asked, slow, cursor, sent } = fields;
  if (!isText(owner)) return undefined;
  if (kind === 'restoreAll') return { kind, owner, ...(isText(cursor) && { cursor }), ...(isCount(sent) && { sent }) };
  if (!isText(id)) return undefined;
  if (kind === 'restore') return { kind, owner, id, ...(asked === true && { asked }), ...(slow === true && { slow }) };
  if (kind === 'thaw' || kind === 'expire') return { kind, owner, id };
  const isRound = round === 0 || isCount(round);
  return kind === 'archive' && isCount(generation) && isRound ? { kind, owner, id, generation, round } : undefined;
}

/** Of what this service sends itself: what a letter could not be written without. */
const isReceipt = (receipt: unknown): receipt is Receipt =>
  isFields(receipt) &&
  [receipt.agreement, receipt.sha256, receipt.language].every(isText) &&
  [receipt.record, receipt.version, receipt.savedAt].every(isCount) &&
  Array.isArray(receipt.purposes) &&
  typeof receipt.agree === 'boolean';

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The messages in the body of one SQS message: ours is one; an event notification of S3 is one for each new object in
 * `inputs` and for each picture that arrives, and for each in `downloads` that is back from cold storage, and none where it only says that notifications are
 * on. Throws for a body that is neither.
 */
export function messagesOf<Q extends QueueName>(queue: Q, body: string): Messages[Q][] {
  const fields = parse(queue, body);
  const ofEvent = eventReaders[queue];
  if (ofEvent !== undefined && Array.isArray(fields.Records)) return fields.Records.map(ofEvent) as Messages[Q][];
  if (ofEvent !== undefined && fields.Event === 's3:TestEvent') return [];
  const message = readers[queue](fields);
  if (message === undefined) throw new TypeError(`not a message of ${queue}: ${body.slice(0, 200)}`);
  return [message];
}

function parse(queue: QueueName, body: string): Fields {
  try {
    const value: unknown = JSON.parse(body);
    if (isFields(value)) return value;
  } catch (error) {
    throw new TypeError(`not JSON in a message of ${queue}: ${body.slice(0, 200)}`, { cause: error });
  }
  throw new TypeError(`not a message of ${queue}: ${body.slice(0, 200)}`);
}

/** The key of an event of this kind. Keys in events are escaped as in a form: blanks as `+`. Source: S3 user guide, event message structure. */
function keyOf(record: unknown, kind: string, what: string): string {
  const { eventName, s3 } = (isFields(record) ? record : {}) as {
    eventName?: unknown;
    s3?: { object?: { key?: unknown } };
  };
  const key = s3?.object?.key;
  if (!isText(eventName) || !eventName.startsWith(kind) || !isText(key))
    throw new TypeError(`not an event of ${what}: ${JSON.stringify(record)?.slice(0, 200)}`);
  return decodeURIComponent(key.replaceAll('+', ' '));
}

/** Queues that S3 sends events to. */
const eventReaders: Partial<Record<QueueName, (record: unknown) => Messages[QueueName]>> = {
  files(record) {
    const key = keyOf(record, 'ObjectCreated:', 'a new object');
    const message = readers.files({ ...splitKey(key) });
    if (message === undefined) throw new TypeError(`not an image of a job: ${key}`);
    return message;
  },
  pictures(record) {
    const key = keyOf(record, 'ObjectCreated:', 'a new object');
    const message = pictureMessageOf(key);
    if (message === undefined) throw new TypeError(`no picture that starts anything: ${key}`);
    return message;
  },
  cold(record) {
    const { owner, id } = splitKey(keyOf(record, 'ObjectRestore:Completed', 'a restored object'));
    return { kind: 'thaw', owner, id };
  },
};
