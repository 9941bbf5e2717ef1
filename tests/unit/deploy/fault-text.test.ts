import { describe, expect, it } from '@jest/globals';
import { isCancelled } from '../../../cli/fault-text.ts';
import { events } from '../../../cli/io/events.ts';

const cancelled =
  '1 error occurred:\n\t* creating SQS Queue (labdeploy-dev-zips): operation error SQS: CreateQueue, canceled, context canceled\n\n';

describe('what the provider says of one resource', () => {
  it.each([
    [
      cancelled,
      'creating SQS Queue (labdeploy-dev-zips): operation error SQS: CreateQueue, canceled, context canceled',
    ],
    ['1 error occurred:\n\t* x: api error AccessDenied: no\n', 'AccessDenied: no'],
    ['error: it failed\nwith more', 'it failed'],
  ])('is shown by its reason: %j', (message, reason) => {
    const text = events['deploy.resourceFailed'].text({ resource: 'Zip/queue', message });
    expect(text).toBe(`Zip/queue: ${reason}`);
  });

  it('is nothing new where a Ctrl-C cut off its request', () => {
    expect(isCancelled(cancelled)).toBe(true);
    expect(isCancelled('1 error occurred:\n\t* x: api error AccessDenied: no')).toBe(false);
  });
});
