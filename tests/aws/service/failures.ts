import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { isTerminal } from '../../../functions/core/transitions.ts';
import type { Judged } from '../../support/simulated-account/authoriser/authoriser.ts';
import type { Person, SimulatedService } from '../../support/simulated-account/service.ts';
import { ended, resultsOf, send, submit } from './folder-of-images.ts';
import { cutOff, killWhen } from './kill.ts';
import type { Material } from './material.ts';

const minute = 60_000;

/** What goes wrong, and what becomes of it. */
export function failures(service: () => SimulatedService, material: () => Material): void {
  describe('a job whose', () => {
    let vera: Person;
    beforeAll(async () => {
      vera = await service().person('vera');
    }, minute);
    const at = (name: string) => join(material().folder, 'results', name);

    it.each([
      { name: 'unzip', action: 's3:PutObject', bucket: 'inputs' },
      { name: 'predict', action: 's3:PutObject', bucket: 'results' },
      { name: 'zip', action: 's3:PutObject', bucket: 'downloads' },
    ] as const)(
      '$name is killed while it writes goes on, and ends the same',
      async ({ name, action, bucket }) => {
        const { runner, outputs } = service();
        const from = runner.batches.length;
        const writes = (judged: Judged) =>
          judged.action === action && judged.resource.includes(outputs.buckets[bucket]);
        using _ = killWhen(service(), name, writes);
        const { id } = await submit(vera, material().zip, `${name} killed`);
        await cutOff(service(), name, from);
        // Another process of it may have been killed too, and be noticed later.
        await runner.until('its end', async () => {
          await runner.timeOut();
          return isTerminal(await vera.call('showJob', { params: { id } })) ? true : undefined;
        });
        expect(await ended(service(), vera, id)).toMatchObject({ state: 'completed', counts: { failed: 0 } });
        expect(await resultsOf(vera, id, at(`${name}-killed`))).toEqual(material().expected);
      },
      180_000,
    );

    it('image kills its function each time ends with a reason beside it, and a retry makes it whole', async () => {
      const { runner } = service();
      const from = runner.batches.length;
      let id: string;
      runner.concurrency = 1; // what is killed has no other image in hand
      {
        using _ = killWhen(
          service(),
          'predict',
          ({ action, resource }) => action === 's3:GetObject' && resource.endsWith('/sparse.tif'),
          Number.POSITIVE_INFINITY,
        );
        ({ id } = await submit(vera, material().images, 'poison'));
        for (const attempt of [1, 2, 3, 4, 5]) {
          await cutOff(service(), 'predict', from, attempt);
          await runner.timeOut();
        }
        await runner.until('the end of the job by sweep', async () => {
          await runner.tick();
          return (await vera.call('showJob', { params: { id } })).state === 'completed' || undefined;
        });
      }
      expect(await ended(service(), vera, id)).toMatchObject({
        counts: { expected: material().count, done: material().count - 1, failed: 1 },
        retryable: true,
      });
      expect((await vera.call('listFiles', { params: { id }, query: { state: 'failed' } })).items).toMatchObject([
        { path: 'sparse.tif', failure: { code: 'gaveUp', message: expect.stringContaining('could not be processed') } },
      ]);
      runner.concurrency = 2;
      await vera.call('retryJob', { params: { id } });
      await runner.until(
        'the retry',
        async () => (await vera.call('showJob', { params: { id } })).counts.failed === 0 || undefined,
      );
      expect(await ended(service(), vera, id)).toMatchObject({ state: 'completed', generation: 2 });
      expect(await resultsOf(vera, id, at('poison'))).toEqual(material().expected);
    }, 240_000);

    it('closing is cut off between two steps is taken on by sweep', async () => {
      const { runner, url } = service();
      const { id } = await send(vera, material().images, 'cut off');
      await runner.until('all files', async () => {
        const { counts } = await vera.call('showJob', { params: { id } });
        return counts.done === material().count || undefined;
      });
      {
        using _ = killWhen(service(), 'api', ({ action }) => action === 'dynamodb:UpdateItem');
        const headers = { authorization: `Bearer ${vera.token}` };
        expect((await fetch(`${url}/v1/jobs/${id}/submit`, { method: 'POST', headers })).status).toBe(500);
      }
      expect((await vera.call('showJob', { params: { id } })).state).not.toBe('completed');
      runner.later = 10 * minute;
      try {
        await runner.tick();
      } finally {
        runner.later = 0;
      }
      expect(await ended(service(), vera, id)).toMatchObject({ state: 'completed' });
      expect(await resultsOf(vera, id, at('cut-off'))).toEqual(material().expected);
    }, 180_000);
  });
}
