import { describe, expect, it } from '@jest/globals';
import type { QueueName } from '../../../functions/core/messages.ts';
import { messagesOf } from '../../../functions/stack/queue-events.ts';

const job = { owner: 'olga', id: 'job1' };

/** As S3 sends them, with what nobody reads left out. */
const event = (key: string, eventName = 'ObjectCreated:Put') => ({
  eventSource: 'aws:s3',
  eventName,
  s3: { bucket: { name: 'inputs' }, object: { key, size: 3, sequencer: '0055AED6DCD90281E5' } },
});
const notification = (...keys: string[]) => JSON.stringify({ Records: keys.map((key) => event(key)) });

describe('the messages of an SQS body', () => {
  const own: [QueueName, object][] = [
    ['unzip', { ...job, archive: 'Größe #1.zip' }],
    ['files', { ...job, path: 'a b/Größe +1%.tif' }],
    ['files', { ...job, path: 'a.tif', corrected: { round: 2, revision: 3 } }],
    ['zips', { ...job, generation: 2 }],
    ['zips', { ...job, generation: 2, corrected: 1 }],
    ['large', { ...job, path: 'a.tif', memoryMb: 40_000 }],
    ['large', { ...job, trainingOf: 5 }],
    ['teaching', { ...job, kind: 'add', job: 'job2', path: 'a.tif' }],
    ['teaching', { ...job, kind: 'zip' }],
    ['teaching', { ...job, kind: 'train', askedAt: 5 }],
    ['notices', { ...job, generation: 2 }],
    ['notices', { ...job, generation: 2, channel: 'hook' }],
    ['notices', { ...job, generation: 2, restored: 1 }],
    ['cold', { ...job, kind: 'archive', generation: 1, round: 0 }],
    ['cold', { ...job, kind: 'restore' }],
    ['cold', { ...job, kind: 'restore', asked: true, slow: true }],
    ['cold', { ...job, kind: 'thaw' }],
    ['cold', { ...job, kind: 'expire' }],
    ['cold', { kind: 'restoreAll', owner: 'olga', cursor: 'a', sent: 25 }],
  ];
  it.each(own)('of %s are our own: %j', (queue, message) => {
    expect(messagesOf(queue, JSON.stringify(message))).toEqual([message]);
  });

  it('leave out what is no part of them', () => {
    expect(messagesOf('zips', JSON.stringify({ ...job, generation: 1, extra: true }))).toEqual([
      { ...job, generation: 1 },
    ]);
  });

  it('say that an archived zip is there', () => {
    const records = [event('olga/job1/1/results.zip', 'ObjectRestore:Completed')];
    expect(messagesOf('cold', JSON.stringify({ Records: records }))).toEqual([{ ...job, kind: 'thaw' }]);
    expect(messagesOf('cold', JSON.stringify({ Event: 's3:TestEvent' }))).toEqual([]);
    expect(() => messagesOf('cold', JSON.stringify({ Records: [event('olga/job1/1/results.zip')] }))).toThrow(
      'not an event of a restored object',
    );
    expect(() => messagesOf('cold', JSON.stringify({ ...job, kind: 'archive' }))).toThrow('not a message of cold');
  });

  it.each([
    ['olga/job1/a+b%2Bc.tif', 'a b+c.tif'],
    ['olga/job1/folder/Gr%C3%B6%C3%9Fe+%231%25.tif', 'folder/Größe #1%.tif'],
    ['olga%2Fjob1%2Fa.tif', 'a.tif'],
  ])('name the new object %s by its path', (key, path) => {
    expect(messagesOf('files', notification(key))).toEqual([{ ...job, path }]);
  });

  it('are one for each object of a notification, whichever way it came', () => {
    const ways = ['Put', 'Post', 'Copy', 'CompleteMultipartUpload'];
    const Records = ways.map((way) => event(`olga/job1/${way}.tif`, `ObjectCreated:${way}`));
    expect(messagesOf('files', JSON.stringify({ Records }))).toEqual(
      ways.map((way) => ({ ...job, path: `${way}.tif` })),
    );
  });

  it('are none for the event that tests a bucket’s notifications', () => {
    const test = { Service: 'Amazon S3', Event: 's3:TestEvent', Time: '2026-01-01T00:00:00.000Z', Bucket: 'inputs' };
    expect(messagesOf('files', JSON.stringify(test))).toEqual([]);
  });

  const refused: [string, QueueName, string][] = [
    ['no JSON', 'files', 'hello'],
    ['no object', 'files', '[1]'],
    ['null', 'files', 'null'],
    ['a message of another queue', 'files', JSON.stringify({ ...job, generation: 1 })],
    ['an empty path', 'files', JSON.stringify({ ...job, path: '' })],
    ['no owner', 'unzip', JSON.stringify({ id: 'job1', archive: 'a.zip' })],
    ['a generation that is none', 'zips', JSON.stringify({ ...job, generation: 0.5 })],
    ['a channel that is none', 'notices', JSON.stringify({ ...job, generation: 1, channel: 'fax' })],
    ['an event on a queue that gets none', 'zips', notification('olga/job1/a.tif')],
    ['the event of a deleted object', 'files', JSON.stringify({ Records: [event('o/j/a', 'ObjectRemoved:Delete')] })],
    ['an object outside of a job', 'files', notification('stray.tif')],
    ['the folder of a job', 'files', notification('olga/job1/')],
    ['a record of another service', 'files', JSON.stringify({ Records: [{ eventName: 'ObjectCreated:Put' }] })],
  ];
  it.each(refused)('are refused: %s', (_, queue, body) => {
    expect(() => messagesOf(queue, body)).toThrow(/^not /);
  });
});
