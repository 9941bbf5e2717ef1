import { expect, it } from '@jest/globals';
import { messagesOf } from '../../../functions/stack/queue-events.ts';

const image = 'f'.repeat(64);
const inputLocation = `s3://lab-results/olga/job1/.tables.unfinished/${image}/requests/ab12.npy`;
const completed = {
  awsRegion: 'eu-central-1',
  eventTime: '2026-11-30T12:00:00.608Z',
  invocationStatus: 'Completed',
  requestParameters: { contentType: 'application/x-npy', endpointName: 'e', inputLocation },
  responseParameters: { contentType: 'application/x-npy', outputLocation: 's3://lab-results/~answers/1.out' },
  inferenceId: 'ab12.3',
  eventVersion: '1.0',
  eventSource: 'aws:sagemaker',
  eventName: 'InferenceResult',
};
const of = { owner: 'olga', id: 'job1', image, request: 'ab12', attempt: 3 };

it.each([
  ['an answer', completed, { ...of, answer: '~answers/1.out' }],
  [
    'a failure',
    { ...completed, invocationStatus: 'Failed', failureReason: 'ClientError: no', responseParameters: undefined },
    { ...of, reason: 'ClientError: no' },
  ],
  ['its own message', { ...of, answer: '~answers/1.out' }, { ...of, answer: '~answers/1.out' }],
])('a notice of SageMaker is %s of one image', (_, body, message) => {
  expect(messagesOf('answers', JSON.stringify(body))).toEqual([message]);
});

it.each([
  ['of an input that nobody asked', { requestParameters: { inputLocation: 's3://lab-results/olga/job1/a.tif' } }],
  [
    'with an answer elsewhere',
    { responseParameters: { outputLocation: 's3://lab-results/olga/job1/a.tif/labels.tif' } },
  ],
  ['of no attempt', { inferenceId: 'ab12' }],
  ['without an input', { requestParameters: undefined }],
])('a notice %s is refused', (_, change) => {
  expect(() => messagesOf('answers', JSON.stringify({ ...completed, ...change }))).toThrow('not a message of answers');
});
