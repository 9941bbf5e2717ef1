import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { packModel } from '../../../cli/client/packed-model.ts';
import { outgoing, putOutgoing } from '../../../cli/client/upload.ts';
import { adminGroup } from '../../../functions/identity/groups.ts';
import { modelCopy } from '../../support/model-packages.ts';
import type { Person, SimulatedService } from '../../support/simulated-account/service.ts';
import { ended, submit } from './folder-of-images.ts';
import type { Material } from './material.ts';

/** Models that an administrator adds while the service runs. */
export function models(service: () => SimulatedService, material: () => Material): void {
  describe('a model', () => {
    let ada: Person;
    let olga: Person;
    beforeAll(async () => {
      ada = await service().person('ada', adminGroup);
      olga = await service().person('member');
    }, 60_000);
    const at = (name: string) => join(material().folder, name);

    /** Sends a package, and waits until its check has ended. */
    const add = async (file: string, bytes: number) => {
      const { id: version } = await ada.call('addVersion', { body: { bytes } });
      const params = { version };
      const { request } = await ada.call('signPackage', { params });
      await putOutgoing(request, outgoing({ file, path: file, bytes }), {
        origin: service().url,
        signal: new AbortController().signal,
      });
      return service().runner.until(`the check of ${version}`, async () => {
        const shown = await ada.call('showVersion', { params });
        return shown.state === 'added' || shown.state === 'checking' ? undefined : shown;
      });
    };

    it('is checked, offered, used by the jobs of everybody, and retired', async () => {
      const folder = await modelCopy('shipped', at('model'), (yaml) =>
        yaml.replace('threshold: 0.5', 'threshold: 0.9'),
      );
      await using packed = await packModel(folder);
      const version = await add(packed.file, packed.bytes);
      expect(version).toMatchObject({ state: 'ready', revision: 1, package: packed.sha256, offered: false });
      const { bytes, request: download } = version.cover!;
      const cover = await fetch(download.url);
      const picture = await cover.bytes();
      expect([cover.status, cover.headers.get('content-type'), picture.length]).toEqual([200, 'image/png', bytes]);
      const params = { version: version.id };
      await expect(olga.call('offerVersion', { params })).rejects.toMatchObject({ problem: { code: 'adminsOnly' } });
      expect(await ada.call('offerVersion', { params })).toMatchObject({ offered: true });

      const { id } = await submit(olga, material().images, 'with a model of the registry');
      const job = await ended(service(), olga, id);
      expect(job).toMatchObject({
        state: 'completed',
        counts: { failed: 0 },
        settings: { model: { package: packed.sha256, revision: 1 } },
      });
      expect(await ada.call('retireVersion', { params })).toMatchObject({ state: 'retired' });
      const { items } = await olga.call('listModels');
      expect(items[0]).not.toHaveProperty('revision');
    }, 240_000);

    it('is refused with the reason, and can be checked again while it is there', async () => {
      await writeFile(at('broken.zip'), 'this is no zip');
      const version = await add(at('broken.zip'), 14);
      expect(version).toMatchObject({ state: 'refused', failure: { code: 'modelBroken' } });
      const again = await ada.call('checkVersion', { params: { version: version.id } });
      expect(again.state).toBe('added');
      const ended = await service().runner.until('the second check', async () => {
        const shown = await ada.call('showVersion', { params: { version: version.id } });
        return shown.state === 'refused' ? shown : undefined;
      });
      expect(ended).toMatchObject({ failure: { code: 'modelBroken' } });
    }, 120_000);
  });
}
