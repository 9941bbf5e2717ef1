import { expect, it } from '@jest/globals';
import { deleteBeforeReplace } from '../../infra/delete-before-replace.ts';

const asked = (type: string) =>
  deleteBeforeReplace({
    type,
    name: 'x',
    props: { name: 'labdeploy-x' },
    opts: { protect: true },
    resource: {} as never,
  });

it('a resource of the account goes before another takes its name', () => {
  expect(asked('aws:sqs/queue:Queue')).toEqual({
    props: { name: 'labdeploy-x' },
    opts: { protect: true, deleteBeforeReplace: true },
  });
});

it('components have no names outside', () => expect(asked('labdeploy:part:Watch')).toBeUndefined());
