import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { packageRef } from '../../../functions/core/object-keys.ts';
import type { Models } from '../../../functions/ports/models.ts';
import type { ObjectStore } from '../../../functions/ports/object-store.ts';
import { type CheckServices, checkVersion } from '../../../functions/stages/predict/check-version.ts';
import { bytesOf } from '../../support/bytes.ts';
import { modelCopy, zipOf } from '../../support/model-packages.ts';
import { type SentPackages, sentPackages } from '../../support/sent-packages.ts';
import { treeOf } from '../../support/tree.ts';

describe('the check of a package that was sent', () => {
  let sent: SentPackages;
  let models: Models;
  let objects: ObjectStore;
  let services: CheckServices;
  let at: SentPackages['at'];
  let send: SentPackages['send'];

  beforeEach(async () => {
    sent = await sentPackages();
    ({ models, objects, services, at, send } = sent);
  });
  afterEach(() => sent[Symbol.asyncDispose]());

  const packageNamed = async (name: string, title: string) =>
    zipOf(await modelCopy('fixed', at(name), (yaml) => yaml.replace('name: Fixed', `name: ${title}`)));
  const kept = async () => (await objects.list('models', '')).objects.map(({ key }) => key);

  it('keeps what passes under its sha256, and says what it is', async () => {
    const zip = await packageNamed('cells', 'Cells');
    await send('a', zip);
    expect(await checkVersion('a', services)).toEqual({ checked: 'ready' });
    const version = await models.get('a');
    const { facts } = version!;
    expect(facts).not.toHaveProperty('card');
    expect(version).toMatchObject({ state: 'ready', revision: 1, attempts: 1 });
    expect(facts).toMatchObject({
      name: 'Cells',
      description: 'made for tests',
      inputChannels: 2,
      maps: [{ output: 'difference', maxDifference: 0 }],
    });
    expect(await bytesOf(await objects.get(packageRef(facts!.package)))).toEqual(zip);
    expect(await kept()).toEqual([`${facts!.package}/package.zip`]);
    expect(await treeOf(at('received'))).toEqual({});
  });

  it('does nothing the second time', async () => {
    await send('a', await packageNamed('cells', 'Cells'));
    await checkVersion('a', services);
    expect(await checkVersion('a', services)).toEqual({ checked: 'not pending' });
    expect(await models.get('a')).toMatchObject({ state: 'ready', attempts: 1 });
  });

  it('does nothing for a version that was never added, or whose package has not come', async () => {
    await models.add({ id: 'a', kind: 'onnx', bytes: 1, by: 'ada' });
    expect(await checkVersion('a', services)).toEqual({ checked: 'not pending' });
    expect(await checkVersion('none', services)).toEqual({ checked: 'not pending' });
    expect(await models.get('a')).toMatchObject({ state: 'added', attempts: 0 });
  });

  it('refuses a model that gives something else than its package says, and keeps nothing of it', async () => {
    const copy = await modelCopy('fixed', at('wrong'));
    const bytes = await readFile(join(copy, 'test_output.npy'));
    bytes.writeFloatLE(bytes.readFloatLE(bytes.length - 4) + 5, bytes.length - 4);
    await writeFile(join(copy, 'test_output.npy'), bytes);
    await send('a', await zipOf(copy));
    expect(await checkVersion('a', services)).toMatchObject({
      checked: 'refused',
      failure: { code: 'modelDiffers', message: expect.stringContaining('the map difference differs by 5') },
    });
    expect(await models.get('a')).toMatchObject({ state: 'refused' });
    expect(await kept()).toEqual([]);
  });

  it.each([
    ['no zip', Buffer.from('not a zip'), 'modelBroken'],
    ['a zip without a package', undefined, 'modelMissing'],
  ])('refuses %s', async (_, bytes, code) => {
    await writeFile(at('readme.txt'), 'x');
    await send('a', bytes ?? (await zipOf(at())));
    expect(await checkVersion('a', services)).toMatchObject({ checked: 'refused', failure: { code } });
  });

  it('names the version that has the same bytes', async () => {
    const zip = await packageNamed('cells', 'Cells');
    await send('a', zip);
    await send('b', zip);
    await checkVersion('a', services);
    expect(await checkVersion('b', services)).toMatchObject({
      checked: 'refused',
      failure: { code: 'modelKnown', message: expect.stringContaining('revision 1 of Cells') },
    });
  });

  it('begins anew after a check that ended the process, and refuses the package after three', async () => {
    await send('a', await packageNamed('cells', 'Cells'));
    const dies = {
      ...services,
      packages: { ...services.packages, inspect: () => Promise.reject(new Error('killed')) },
    };
    for (let i = 0; i < 3; i++) await expect(checkVersion('a', dies)).rejects.toThrow('killed');
    expect(await models.get('a')).toMatchObject({ state: 'checking', attempts: 3 });
    expect(await checkVersion('a', services)).toMatchObject({
      checked: 'refused',
      failure: { code: 'modelCheckDied', message: expect.stringContaining('3 times') },
    });
    await models.checkAgain('a');
    expect(await checkVersion('a', services)).toEqual({ checked: 'ready' });
  });
});
