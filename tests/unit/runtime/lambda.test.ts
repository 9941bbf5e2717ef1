import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readJsonVariable, readResourceNames } from '../../../functions/runtime/lambda/environment.ts';
import { deadlineOf, functionMemory } from '../../../functions/runtime/lambda/predict-limits.ts';
import { predict } from '../../../functions/stages/predict/descriptor.ts';
import { sweep } from '../../../functions/stages/sweep/descriptor.ts';

describe('the environment of a function', () => {
  const variables = {
    LABDEPLOY_BUCKET_INPUTS: 'lab-inputs',
    LABDEPLOY_BUCKET_RESULTS: 'lab-results',
    LABDEPLOY_BUCKET_MODELS: 'lab-models',
    LABDEPLOY_TABLE: 'lab-jobs',
    LABDEPLOY_RETENTION_DAYS: '30',
    LABDEPLOY_QUEUE_FILES: 'https://sqs/files',
    LABDEPLOY_QUEUE_ZIPS: 'https://sqs/zips',
  };

  it('is read by its descriptor', () => {
    expect(readResourceNames(predict, variables)).toEqual({
      buckets: { inputs: 'lab-inputs', results: 'lab-results', models: 'lab-models' },
      table: { name: 'lab-jobs', retentionDays: 30 },
      queues: { files: 'https://sqs/files', zips: 'https://sqs/zips' },
      deadLetters: {},
    });
  });

  it('is missed by name, all of it at once', () => {
    const { LABDEPLOY_TABLE: _, LABDEPLOY_QUEUE_ZIPS: __, ...rest } = variables;
    expect(() => readResourceNames(predict, { ...rest, LABDEPLOY_BUCKET_INPUTS: '' })).toThrow(
      'not set: LABDEPLOY_BUCKET_INPUTS, LABDEPLOY_TABLE, LABDEPLOY_QUEUE_ZIPS',
    );
    expect(() => readResourceNames(sweep, variables)).toThrow('LABDEPLOY_DEAD_LETTERS_FILES');
  });

  it('may be JSON, which is checked', () => {
    const schema = z.object({ days: z.number() });
    expect(readJsonVariable('PLACE', schema, { PLACE: '{"days":3}' })).toEqual({ days: 3 });
    expect(() => readJsonVariable('PLACE', schema, {})).toThrow('not set: PLACE');
    for (const PLACE of ['{"days":"3"}', '{"days'])
      expect(() => readJsonVariable('PLACE', schema, { PLACE })).toThrow(
        expect.objectContaining({ code: 'variableInvalid', message: expect.stringContaining('PLACE: ') }),
      );
  });
});

describe('what predict may use of its function', () => {
  it.each([
    ['128', 8, 1],
    ['3538', 8, 2],
    ['10240', 8, 6],
    ['10240', 2, 2],
    [undefined, 8, 2],
  ])('with %s MB on a machine of %d processors is %d workers', (memory, processors, workers) => {
    expect(functionMemory({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memory }, processors).workers).toBe(workers);
  });

  it('is refused to a plane that can never fit, with the numbers', async () => {
    const { admit } = functionMemory({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '2000' });
    const leave = await admit(1000 * 2 ** 20);
    leave();
    await expect(admit(1101 * 2 ** 20)).rejects.toMatchObject({
      code: 'imageTooLarge',
      message: expect.stringContaining('a plane takes 1101 MB, and predict has 1100 MB'),
    });
  });
});

it('a deadline is near when a fifth of the time is left', () => {
  let left = 900_000;
  const { near, attempt } = deadlineOf('request', () => left);
  expect([attempt, near()]).toEqual(['request', false]);
  left = 180_001;
  expect(near()).toBe(false);
  left = 179_999;
  expect(near()).toBe(true);
});
