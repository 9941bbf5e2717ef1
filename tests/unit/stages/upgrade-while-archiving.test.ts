import { expect, it, jest } from '@jest/globals';
import { storageOf } from '../../../functions/core/storage-steps.ts';
import { ArchiveWorld } from '../../support/memory/archive-world.ts';

jest.setTimeout(180_000); // a slow machine takes longer, and is no failure

/** A job that is due, with the process that archives it, before its first call of a port. */
async function beforeArchiving(): Promise<ArchiveWorld> {
  const world = new ArchiveWorld('free', 1);
  await world.create();
  await run(world, 'cold'); // it becomes due
  world.advance(300);
  await world.start('cold');
  return world;
}

/** From its start to its end, while the others stand still. */
async function run(world: ArchiveWorld, actor: 'cold' | 'upgrade'): Promise<void> {
  const others = world.blocked;
  await world.start(actor);
  while (world.blocked > others) await world.resume(others);
}

/** The upgrade is made after so many calls of the one that archives, and its messages are handled after so many. */
async function upgradeAt(made: number, handled: number): Promise<string> {
  const world = await beforeArchiving();
  for (let calls = 0; world.blocked > 0 || calls <= handled; calls++) {
    if (calls === made) await run(world, 'upgrade');
    if (calls === handled) for (let message = 0; message < 2; message++) await run(world, 'cold'); // all, then the job's
    await world.resume(0);
  }
  await world.settle();
  await world.checkEnd();
  return storageOf((await world.job())!).state;
}

it('an upgrade in the fifth minute keeps the results, whichever calls of archiving it falls between', async () => {
  const world = await beforeArchiving();
  let calls = 0;
  for (; world.blocked > 0; calls++) await world.resume(0);
  expect(storageOf((await world.job())!).state).toBe('archived');
  expect(calls).toBeGreaterThan(10);
  const ends = new Set<string>();
  for (let made = 0; made <= calls; made++)
    for (let handled = made; handled <= calls; handled++) ends.add(await upgradeAt(made, handled));
  expect([...ends]).toEqual(['live']);
});
