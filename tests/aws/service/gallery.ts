import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import { daySeconds } from '../../../functions/core/time.ts';
import type { SimulatedService } from '../../support/simulated-account/service.ts';
import { ended, submit } from './folder-of-images.ts';
import type { Material } from './material.ts';

/** Cards of results, where the stack has a gallery. */
export function gallery(service: () => SimulatedService, material: () => Material): void {
  describe('a card of the gallery', () => {
    const pictures = async (): Promise<number> => {
      const { clients, outputs } = service();
      const { KeyCount } = await clients.s3.send(new ListObjectsV2Command({ Bucket: outputs.buckets.figures }));
      return KeyCount ?? 0;
    };
    const statusOf = async (url: string): Promise<number> => (await fetch(url, { redirect: 'manual' })).status;

    it('is published, seen by the lab and by strangers, hidden, and over, with its pictures', async () => {
      const { runner, url } = service();
      const [gina, hugo] = [await service().person('gina'), await service().person('hugo')];
      const { id } = await submit(gina, join(material().images, 'sparse.tif'), 'figures');
      await ended(service(), gina, id);
      const publish = (caption: string, scope: 'lab' | 'public') =>
        gina.call('publishFigure', {
          params: { id },
          key: randomUUID(),
          body: { path: 'sparse.tif', caption, scope },
        });
      const hers = await publish('of the lab', 'lab');
      const open = await publish('of everybody', 'public');
      await gina.call('deleteJob', { params: { id } });

      const { items } = await hugo.call('listFigures', { query: {} });
      expect(items.map(({ caption, own, from }) => [caption, own, from])).toEqual([
        ['of everybody', false, undefined],
        ['of the lab', false, undefined],
      ]);
      expect((await hugo.call('listFigures', { query: { scope: 'public' } })).items.map((card) => card.id)).toEqual([
        open.id,
      ]);
      for (const card of items) {
        const answer = await fetch(card.thumbnail.request.url);
        expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
        expect((await answer.arrayBuffer()).byteLength).toBe(card.thumbnail.bytes);
      }
      const page = await (await fetch(`${url}/gallery/${open.id}`)).text();
      expect(page).toContain('<meta property="og:title" content="of everybody">');
      expect(await statusOf(`${url}/v1/gallery/${open.id}/picture`)).toBe(302);
      expect(await statusOf(`${url}/gallery/${hers.id}`)).toBe(404);
      expect(await statusOf(`${url}/v1/gallery/${hers.id}/picture`)).toBe(404);

      await gina.call('changeFigure', { params: { figure: open.id }, body: { caption: 'of the world' } });
      await gina.call('hideFigure', { params: { figure: hers.id } });
      expect(await pictures()).toBe(2);
      runner.later = 32 * daySeconds * 1000;
      try {
        await runner.tick('sweep');
      } finally {
        runner.later = 0;
      }
      expect(await pictures()).toBe(0);
      expect(await statusOf(`${url}/gallery/${open.id}`)).toBe(404);
      const root = await service().person('gustav', 'labdeploy-admin');
      const { forgotten } = await root.call('forgetPerson', { params: { person: 'who-never-was' } });
      expect(forgotten.figures).toBe(0);
    }, 180_000);
  });
}
