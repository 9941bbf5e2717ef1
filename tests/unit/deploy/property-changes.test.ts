import { describe, expect, it } from '@jest/globals';
import { propertyChanges } from '../../../cli/deploy/engine/property-changes.ts';
import { events } from '../../../cli/io/events.ts';

describe('what changes of a resource', () => {
  it('has both values, by paths into lists, maps and keys with dots', () => {
    const before = { inputs: { memorySize: 3008, rules: [{ days: 30 }], tags: { 'labdeploy.stack': 'dev' } } };
    const after = { inputs: { memorySize: 4096, rules: [{ days: 10 }], tags: { 'labdeploy.stack': 'lab' } } };
    const diffs = { memorySize: {}, 'rules[0].days': {}, 'tags["labdeploy.stack"]': {} };
    expect(propertyChanges(diffs, null, { before, after })).toEqual([
      { property: 'memorySize', before: 3008, after: 4096 },
      { property: 'rules[0].days', before: 30, after: 10 },
      { property: 'tags["labdeploy.stack"]', before: 'dev', after: 'lab' },
    ]);
  });

  it('has one side of what is added or removed, and what AWS had made of it', () => {
    const before = { inputs: { a: 1 }, outputs: { b: 2 } };
    expect(propertyChanges({ a: {}, b: {}, c: {} }, null, { before, after: { inputs: { c: 3 } } })).toEqual([
      { property: 'a', before: 1 },
      { property: 'b', before: 2 },
      { property: 'c', after: 3 },
    ]);
  });

  it('has nothing of what was empty and stays so beside a change', () => {
    const [before, after] = [['a'], ['a', 'b']].map((behaviors) => ({ inputs: { behaviors } }));
    const diffs = { 'behaviors[1]': {}, 'behaviors[0].trustedSigners': {}, 'errors[0].code': { inputDiff: true } };
    expect(propertyChanges(diffs, null, { before, after })).toEqual([{ property: 'behaviors[1]', after: 'b' }]);
  });

  it('has names alone where the engine compared no further, and nothing for a new resource', () => {
    const sides = { before: { inputs: { a: 1 } }, after: { inputs: { a: 2 } } };
    expect(propertyChanges(null, ['a'], sides)).toEqual([{ property: 'a', before: 1, after: 2 }]);
    expect(propertyChanges(null, null, { before: undefined, after: { inputs: {} } })).toEqual([]);
  });
});

it('a plan shows old and new values, and of long ones where they differ', () => {
  const policy = (action: string) => `${'x'.repeat(200)}${action}${'y'.repeat(200)}`;
  const text = events['preview.done'].text({
    stack: 'dev',
    changes: [
      {
        op: 'update',
        resource: 'Predict/function',
        type: 'aws:lambda/function:Function',
        properties: [
          { property: 'memorySize', before: 3008, after: 4096 },
          { property: 'policy', before: policy('s3:GetObject'), after: policy('s3:PutObject') },
          { property: 'tags.x', after: 'new' },
        ],
      },
    ],
  });
  const [first, memory, long, added] = text.split('\n');
  expect(first).toBe('~ Predict/function');
  expect(memory).toBe('    memorySize: 3008 → 4096');
  expect(long).toMatch(/^ {4}policy: …x+s3:GetObjecty+… → …x+s3:PutObjecty+…$/);
  expect(long!.length).toBeLessThan(170);
  expect(added).toBe('    tags.x: none → "new"');
});
