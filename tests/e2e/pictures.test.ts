import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeJpeg } from '../../functions/photographs/encode-jpeg.ts';
import { type Pixels, reduce, upright } from '../../functions/photographs/pixels.ts';
import { readPicture } from '../../functions/photographs/read-picture.ts';
import { cli } from '../support/cli.ts';
import { FoundingPage } from '../support/founding-page.ts';
import { type RunningService, startService } from '../support/local-service.ts';
import { coloursOf, quarters } from '../support/photographs.ts';
import { serviceToken } from '../support/service-token.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

const root = join(import.meta.dirname, '../..');
/** NASA's portrait of Eileen Collins, in the public domain, 160 x 160. */
const portrait = join(root, 'tests/fixtures/astronaut.jpg');

/** A square within her face: left, top, side. */
const herFace = [65, 60, 30] as const;

/** Colours of a square, of 16 levels each. */
function coloursIn({ width, data }: Pixels, [x, y, side]: readonly number[]): number {
  const found = new Set<string>();
  for (let row = y!; row < y! + side!; row++)
    for (let column = x!; column < x! + side!; column++) {
      const i = 3 * (row * width + column);
      found.add([...data.subarray(i, i + 3)].map((value) => value >> 4).join());
    }
  return found.size;
}

const hideFaces = `
name: hide-faces
consent: [process]
region: { detector: face, choose: all, padding: 0.2 }
transform: [{ mosaic: 1 }]
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

  const bytesOf = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());

  /** Files of objects that the store has. */
  const objects = async () => {
    const found = await readdir(at('data/store/objects'), { recursive: true, withFileTypes: true });
    return found.filter((entry) => entry.isFile()).length;
  };

  beforeAll(async () => {
    folder = await temporaryFolder();
    await writeFile(at('hide.yaml'), hideFaces);
    service = await startService([
      ...['--data', at('data'), '--gallery', 'people', '--usual-recipe', 'hide-faces'],
      ...['--recipe', at('hide.yaml')],
      ...[
        '--container',
        `facechain=${join(root, 'models/example-swap')}`,
        `gfpgan=${join(root, 'templates/picture-container')}`,
      ],
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
    expect(coloursIn(before, herFace)).toBeGreaterThan(20);
    expect(coloursIn(after, herFace)).toBeLessThan(5);
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

  it.each([
    ['on its side', 6, 8, 160],
    ['upside down', 3, 3, 160],
    ['on its other side, of 16 pixels', 8, 6, 34],
  ])('have a face hidden that is %s', async (_, turn, back, side) => {
    const small = reduce(await readPicture(await readFile(portrait)), side);
    const uuid = await page.submit(await encodeJpeg(upright(small, turn)), 'me');
    const shown = await until('it is shown', async () => {
      const { body } = await page.show('me');
      return body.uuid === uuid ? (body as Record<string, string>) : undefined;
    });
    const after = upright(await readPicture(await bytesOf(shown.imageUrl!)), back);
    const face = [herFace[0] * side, herFace[1] * side, herFace[2] * side].map((value) => Math.round(value / 160));
    expect(coloursIn(small, face)).toBeGreaterThan(10);
    expect(coloursIn(after, face)).toBeLessThan(5);
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

  it('go into a base picture by two containers, as the recipe of the first services asks for it', async () => {
    const [{ agreement, version, texts }] = (await call('GET', '/v1/agreements')).body.items;
    const decision = { agreement, version, sha256: texts[0].sha256, agree: true };
    expect((await call('POST', '/v1/agreements', decision)).status).toBe(201);
    const labels = { theme: 'lab', gender: 'w', skin: 'light' };
    const send = async (path: string, body: object, bytes: Uint8Array) => {
      const { status, body: answer } = await call('POST', path, { ...body, bytes: bytes.length });
      expect(status).toBe(201);
      const { url, headers, method } = answer.request;
      expect((await fetch(url, { method, headers, body: new Uint8Array(bytes) })).status).toBe(200);
      return answer;
    };
    const story = 'A walk in space';
    await send('/v1/bases', { recipe: 'face-swap', labels, story }, await encodeJpeg(quarters(400, 300)));
    const { picture } = await send('/v1/pictures', { recipe: 'face-swap', labels }, await readFile(portrait));
    const shown = await until('it is shown', async () => {
      const { picture: now } = (await call('GET', '/v1/pictures/display')).body;
      return now?.id === picture.id ? now : undefined;
    });
    expect(shown).toMatchObject({ state: 'shown', story });
    const made = await readPicture(await bytesOf(shown.download.request.url));
    expect([made.width, made.height, coloursOf(made)]).toEqual([400, 300, ['red', 'green', 'blue', 'grey']]);
    const middle = made.data.subarray(3 * (150 * 400 + 170), 3 * (150 * 400 + 230)); // across her face
    expect(new Set([...middle].map((value) => value >> 4)).size).toBeGreaterThan(6);
  });

  it('have recipes that are checked before the service starts', async () => {
    await writeFile(at('bad.yaml'), hideFaces.replace('mosaic: 1', 'mosaic: many'));
    const args = ['local', '--data', at('other'), '--gallery', 'people', '--recipe', at('bad.yaml'), '--no-open'];
    const { code, stderr } = await cli(args);
    expect(code).toBe(2);
    expect(stderr).toContain('line 5: transform.0');
  });
});
