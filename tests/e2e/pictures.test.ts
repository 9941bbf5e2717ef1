import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readPicture } from '../../functions/photographs/read-picture.ts';
import { cli } from '../support/cli.ts';
import { FoundingPage } from '../support/founding-page.ts';
import { type RunningService, startService } from '../support/local-service.ts';
import { serviceToken } from '../support/service-token.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

const root = join(import.meta.dirname, '../..');
/** NASA's portrait of Eileen Collins, in the public domain, 160 x 160. */
const portrait = join(root, 'tests/fixtures/astronaut.jpg');

const hideFaces = `
name: hide-faces
consent: [process]
region: { detector: face, choose: all, padding: 0.2 }
transform: [{ mosaic: 1 }]
complete: { show: owner }
`;
const throughContainer = `
name: through
consent: [process]
region: { detector: whole }
transform: [{ container: same }]
complete: { show: owner }
`;

describe('pictures of people on this machine', () => {
  let folder: TemporaryFolder;
  let service: RunningService;
  let token: string;
  let page: FoundingPage;
  const at = (...names: string[]) => join(folder.path, ...names);
  const call = async (method: string, path: string, body?: object) => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const answer = await fetch(service.origin + path, init);
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  };

  /** Files of objects that the store has. */
  const objects = async () => {
    const found = await readdir(at('data/store/objects'), { recursive: true, withFileTypes: true });
    return found.filter((entry) => entry.isFile()).length;
  };

  beforeAll(async () => {
    folder = await temporaryFolder();
    await writeFile(at('hide.yaml'), hideFaces);
    await writeFile(at('through.yaml'), throughContainer);
    service = await startService([
      ...['--data', at('data'), '--gallery', 'people', '--usual-recipe', 'hide-faces'],
      ...['--recipe', at('hide.yaml'), at('through.yaml')],
      ...['--container', `same=${join(root, 'templates/picture-container')}`],
    ]);
    token = await serviceToken(service.origin, service.url);
    page = new FoundingPage(service.origin, token);
    const texts = [{ language: 'en', markdown: '# Photographs\n\nFaces are hidden.' }];
    const version = { agreement: 'photographs', purposes: ['process'], material: false, texts };
    expect((await call('POST', '/v1/agreements/texts', version)).status).toBe(201);
  });
  afterAll(async () => {
    await service?.stop();
    await folder[Symbol.asyncDispose]();
  });

  it('are worked on as the first services’ page asks for it, and nothing but what is shown stays', async () => {
    const picture = await readFile(portrait);
    const first = await page.submit(picture, 'me');
    const shown = await page.waitForChange('me');
    expect(shown).toEqual({
      ...{ uuid: first, userId: 'me', theme: 'lab', gender: 'w', skin: 'light', story: '' },
      imageUrl: expect.any(String),
    });
    const image = await fetch(shown.imageUrl!);
    expect(image.headers.get('content-type')).toBe('image/jpeg');
    const [before, after] = await Promise.all([
      readPicture(picture),
      readPicture(new Uint8Array(await image.arrayBuffer())),
    ]);
    expect([after.width, after.height]).toEqual([before.width, before.height]);
    const colours = (pixels: Uint8Array, x: number, y: number, side: number) => {
      const found = new Set<string>();
      for (let row = y; row < y + side; row++)
        for (let column = x; column < x + side; column++) {
          const i = 3 * (row * before.width + column);
          found.add([...pixels.subarray(i, i + 3)].map((value) => value >> 4).join());
        }
      return found.size;
    };
    expect(colours(before.data, 65, 60, 30)).toBeGreaterThan(20); // her face
    expect(colours(after.data, 65, 60, 30)).toBeLessThan(5);
    const second = await page.submit(picture, 'me');
    expect((await page.waitForChange('me', first)).uuid).toBe(second);
    const { body } = await call('GET', '/v1/pictures/history');
    expect(body.items.map(({ picture: id, change, why }: Record<string, string>) => [id, why ?? change])).toEqual([
      [first, 'newer'],
      [second, 'shown'],
      [first, 'shown'],
    ]);
    expect(await objects()).toBe(2); // the two results
  });

  it('are gone, with everything that was made of them, when consent is withdrawn', async () => {
    const uuid = await page.submit(await readFile(portrait), 'me');
    await until('it is shown', async () => ((await page.show('me')).body.uuid === uuid ? true : undefined));
    await page.agree('http://x/face-image/none.jpeg?', 'me', 'N');
    expect(await page.show('me')).toEqual({ status: 404, body: { error: 'User not found' } });
    await until('no object is left', async () => {
      return (await objects()) === 0 ? true : undefined;
    });
    expect((await call('GET', '/v1/pictures')).body.items).toEqual([]);
    const records = (await call('GET', '/v1/agreements/records')).body.items;
    expect(records[0]).toMatchObject({ agree: false, name: 'Olga', claimedAt: '2026-11-30T10:00:00.000Z' });
  });

  it('go through a container that fetches and stores them', async () => {
    const { body: agreements } = await call('GET', '/v1/agreements');
    const [{ agreement, version, texts }] = agreements.items;
    const decision = { agreement, version, sha256: texts[0].sha256, agree: true };
    expect((await call('POST', '/v1/agreements', decision)).status).toBe(201);
    const picture = await readFile(portrait);
    const { status, body } = await call('POST', '/v1/pictures', { recipe: 'through', bytes: picture.length });
    expect(status).toBe(201);
    const { url, headers, method } = body.request;
    expect((await fetch(url, { method, headers, body: new Uint8Array(picture) })).status).toBe(200);
    const shown = await until('it is shown', async () => {
      const { picture: now } = (await call('GET', '/v1/pictures/display')).body;
      return now?.id === body.picture.id ? now : undefined;
    });
    expect(shown).toMatchObject({ recipe: 'through', state: 'shown', size: { width: 160, height: 160 } });
  });

  it('have recipes that are checked before the service starts', async () => {
    await writeFile(at('bad.yaml'), hideFaces.replace('mosaic: 1', 'mosaic: many'));
    const args = ['local', '--data', at('other'), '--gallery', 'people', '--recipe', at('bad.yaml'), '--no-open'];
    const { code, stderr } = await cli(args);
    expect(code).toBe(2);
    expect(stderr).toContain('line 5: transform.0');
  });
});
