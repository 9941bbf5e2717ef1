import { announcementOf } from '../core/announcements.ts';
import { type Messages, noticeChannels, pictureKinds, type QueueName } from '../core/messages.ts';
import type { Bucket } from '../core/object-keys.ts';

type Fields = Record<string, unknown>;

/** What each queue's own messages look like; undefined where the fields are not those of one. */
const readers: { [Q in QueueName]: (fields: Fields) => Messages[Q] | undefined } = {
  unzip: ({ owner, id, archive }) =>
    isText(owner) && isText(id) && (archive === undefined || isText(archive))
      ? { owner, id, ...(archive !== undefined && { archive }) }
      : undefined,
  files: (fields) => imageOf(fields),
  large: (fields) => imageOf(fields),
  zips: ({ owner, id, generation }) =>
    isText(owner) && isText(id) && isCount(generation) ? { owner, id, generation } : undefined,
  notices({ owner, id, generation, channel }) {
    if (!isText(owner) || !isText(id) || !isCount(generation)) return undefined;
    if (channel === undefined) return { owner, id, generation };
    const known = noticeChannels.find((name) => name === channel);
    return known && { owner, id, generation, channel: known };
  },
  pictures({ kind, owner, id }) {
    const known = pictureKinds.find((name) => name === kind);
    if (known === undefined || !isText(owner) || !(id === undefined || isText(id))) return undefined;
    return { kind: known, owner, ...(id !== undefined && { id }) };
  },
};

function imageOf({ owner, id, path, rounds, memoryMb }: Fields): Messages['files'] | undefined {
  if (!isText(owner) || !isText(id) || !isText(path)) return undefined;
  return { owner, id, path, ...(isCount(rounds) && { rounds }), ...(isCount(memoryMb) && { memoryMb }) };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The messages in the body of one SQS message: ours is one; an event notification of S3 is one for each new
 * object, and none where it only says that notifications are on. Throws for a body that is neither.
 */
export function messagesOf<Q extends QueueName>(queue: Q, body: string): Messages[Q][] {
  const fields = parse(queue, body);
  const bucket = announced[queue];
  if (bucket !== undefined && Array.isArray(fields.Records)) {
    return fields.Records.map((record: unknown) => newObject(bucket, record) as Messages[Q]);
  }
  if (bucket !== undefined && fields.Event === 's3:TestEvent') return [];
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

/** The bucket whose new objects are messages of a queue. */
const announced: Partial<Record<QueueName, Bucket>> = { files: 'inputs', pictures: 'pictures' };

/** Keys in events are escaped as in a form: blanks as `+`. Source: S3 user guide, event message structure. */
function newObject(bucket: Bucket, record: unknown): Messages['files' | 'pictures'] {
  const { eventName, s3 } = (isFields(record) ? record : {}) as {
    eventName?: unknown;
    s3?: { object?: { key?: unknown } };
  };
  const key = s3?.object?.key;
  if (!isText(eventName) || !eventName.startsWith('ObjectCreated:') || !isText(key)) {
    throw new TypeError(`not an event of a new object: ${JSON.stringify(record)?.slice(0, 200)}`);
  }
  const announcement = announcementOf({ bucket, key: decodeURIComponent(key.replaceAll('+', ' ')) });
  const message = announcement && readers[announcement.queue](announcement.body as unknown as Fields);
  if (message === undefined) throw new TypeError(`no object that is announced: ${key}`);
  return message;
}
