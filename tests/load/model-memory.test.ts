import { expect, it, jest } from '@jest/globals';
import { openEngine } from '../../functions/model/engine/engine.ts';
import { fixtureModel, planeOf } from '../support/models.ts';

jest.setTimeout(300_000); // a slow machine takes longer, and is no failure

it('does not keep the memory of planes that are done with', async () => {
  const megabytes = () => process.memoryUsage().arrayBuffers / 1e6;
  await using engine = await openEngine(await fixtureModel('identity'), { workers: 1 });
  const plane = planeOf(2000, 2000, (y, x) => y + x, 'uint16');
  const before = megabytes();
  let most = 0;
  for (let i = 0; i < 24; i++) {
    await engine.predict([plane]); // 24 MB of shared memory each: 576 MB where nobody collects
    most = Math.max(most, megabytes() - before);
  }
  expect(most).toBeLessThan(320);
});
