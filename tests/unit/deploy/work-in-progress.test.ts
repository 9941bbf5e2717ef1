import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { StateResource } from '../../../cli/deploy/engine/engine-state.ts';
import { discardable, endingQueues } from '../../../cli/deploy/stateful.ts';
import { workInProgress } from '../../../cli/deploy/work-in-progress.ts';
import { UserError } from '../../../cli/errors.ts';
import { awaitedRef, requestRef } from '../../../functions/core/object-keys.ts';

const region = 'eu-central-1';
const account = {
  ...{ id: '123456789012', arn: '', region, partition: 'aws' },
  client: { region, maxAttempts: 1, forcePathStyle: true },
};

/** By bucket: keys with their class. By queue: messages that wait, are delayed, are taken; a queue that is not here is gone. */
let objects: Record<string, { key: string; size: number; archived?: boolean }[]>;
let queues: Record<string, [waiting: number, delayed: number, taken: number]>;
let asked: string[];
let server: Server;
const variables = { ...process.env };
beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const { pathname } = new URL(request.url!, 'http://s3');
    if (request.method === 'GET') {
      const bucket = pathname.split('/')[1]!;
      asked.push(bucket);
      const contents = (objects[bucket] ?? []).map(
        ({ key, size, archived }) =>
          `<Contents><Key>${key}</Key><Size>${size}</Size><StorageClass>${archived ? 'GLACIER' : 'STANDARD'}</StorageClass></Contents>`,
      );
      response.end(`<ListBucketResult>${contents.join('')}<IsTruncated>false</IsTruncated></ListBucketResult>`);
      return;
    }
    const queue = (JSON.parse(body) as { QueueUrl: string }).QueueUrl.split('/').at(-1)!;
    asked.push(queue);
    const counts = queues[queue];
    response.writeHead(counts === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
    const [waiting, delayed, taken] = (counts ?? []).map(String);
    response.end(
      JSON.stringify(
        counts === undefined
          ? { __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'gone' }
          : {
              Attributes: {
                ApproximateNumberOfMessages: waiting,
                ApproximateNumberOfMessagesDelayed: delayed,
                ApproximateNumberOfMessagesNotVisible: taken,
              },
            },
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
  });
});
afterAll(async () => {
  process.env = variables;
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  [objects, queues, asked] = [{}, {}, []];
});

const urnOf = (type: string, name: string) =>
  `urn:pulumi:dev::labdeploy::labdeploy:service:Service$labdeploy:part:X$aws:${type}::labdeploy-${name}`;
const queueOf = (name: string) => urnOf('sqs/queue:Queue', `queue-${name}`);
const resources = (): StateResource[] =>
  [
    ...['cold', 'large', 'answers', 'pictures', 'files'].map((name) => ({
      urn: queueOf(name),
      id: `${process.env.AWS_ENDPOINT_URL}/1/${name}`,
    })),
    ...['results', 'downloads'].map((name) => ({ urn: urnOf('s3/bucket:Bucket', name), id: `lab-${name}` })),
  ].map((each) => ({ ...each, type: '', custom: true }));
const inProgress = (changes: { urn: string; op: string }[]) =>
  workInProgress(changes, { resources: resources(), account });
const without = (...names: string[]) =>
  inProgress(names.flatMap((name) => [name, `${name}-dead`]).map((name) => ({ urn: queueOf(name), op: 'delete' })));

it('of an archive is what only the archive has, by job and size', async () => {
  objects['lab-downloads'] = [
    { key: 'ada/1/results.zip', size: 3e9, archived: true },
    { key: 'ada/2/results.zip', size: 1e9, archived: true },
    { key: 'bob/3/results.zip', size: 5e9 },
  ];
  const [found, ...more] = await without('cold');
  expect([found!.setting, found!.work.split(',')[0], more]).toEqual([
    'archiving',
    'the results of 2 jobs in the archive (4.00 GB)',
    [],
  ]);
});

it('of machines is the images that wait, are delayed, or are on one', async () => {
  queues.large = [2, 1, 1];
  const [found] = await without('large');
  expect(found).toEqual({
    setting: 'large',
    work: expect.stringMatching(/^images that wait for a machine or are on one \(4\)/),
  });
});

it('of an endpoint is the images that wait for an answer, each once', async () => {
  const job = { owner: 'ada', id: '1' };
  const keys = [
    ...['a', 'b'].flatMap((image) => [awaitedRef(job, image).key, requestRef(job, image, '0f.json').key]),
    ...['ada/1/awaited.json/labels.tif', '~answers/0f.out'],
  ];
  objects['lab-results'] = keys.map((key) => ({ key, size: 1 }));
  const [found] = await without('answers');
  expect(found).toEqual({
    setting: 'endpoint',
    work: expect.stringMatching(/^images that wait for an answer of the endpoint \(2\)/),
  });
});

it('is none where nothing waits, or a queue was removed by hand', async () => {
  queues.large = [0, 0, 0];
  expect(await without('cold', 'large', 'answers', 'pictures')).toEqual([]);
  expect(asked.sort()).toEqual(['lab-downloads', 'lab-results', 'large']);
  delete queues.large;
  expect(await without('large')).toEqual([]);
});

it('is not asked for where a plan leaves the settings on', async () => {
  const changes = ['update', 'create', 'same'].map((op) => ({ urn: queueOf('large'), op }));
  expect(await inProgress([...changes, { urn: queueOf('files'), op: 'delete' }])).toEqual([]);
  expect(asked).toEqual([]);
});

it('is named with every option that up takes for it', () => {
  const named = endingQueues(
    ['pictures', 'cold', 'large', 'answers', 'teaching'].map((name) => ({ urn: queueOf(name), op: 'delete' })),
  );
  const settings = named.map(({ setting }) => setting);
  expect(settings).toEqual(discardable.filter((each) => each !== 'containers')); // of which no queue is
  const { advice } = new UserError('workWouldStop', {
    ...{ stack: 'dev', work: '4 images' },
    options: settings.map((each) => `--discard ${each}`).join(' '),
  });
  expect(advice.next).toContain(
    '--discard gallery --discard archiving --discard large --discard endpoint --discard teach',
  );
});
