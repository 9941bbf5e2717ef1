import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdminDeleteUserCommand } from '@aws-sdk/client-cognito-identity-provider';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { picturePrefixes } from '../../../functions/core/pictures/keys.ts';
import { encodeJpeg } from '../../../functions/photographs/encode-jpeg.ts';
import { readPicture } from '../../../functions/photographs/read-picture.ts';
import type { ContainersByHttps } from '../../support/containers-by-https.ts';
import { FoundingPage } from '../../support/founding-page.ts';
import { coloursOf, quarters } from '../../support/photographs.ts';
import { roleOf } from '../../support/simulated-account/role-of.ts';
import type { Person, SimulatedService } from '../../support/simulated-account/service.ts';

/** The recipe of the first services, whose two containers run here, behind https. */
export const peopleConfig = ({ addresses }: Pick<ContainersByHttps, 'addresses'>) => ({
  gallery: 'people',
  recipes: JSON.stringify([join(import.meta.dirname, 'hide-faces.yaml')]),
  usualRecipe: 'face-swap',
  pictureContainers: JSON.stringify(addresses),
});
const folder = (name: string) => join(import.meta.dirname, '../../..', name);
export const swapContainers = {
  facechain: folder('models/example-swap'),
  gfpgan: folder('templates/picture-container'),
};

/** NASA's portrait of Eileen Collins, in the public domain, 160 x 160. */
const portrait = join(import.meta.dirname, '../../fixtures/astronaut.jpg');
const hour = 3_600_000;
const long = 180_000;

/** Photographs of people, and what those agreed to. */
export function people(service: () => SimulatedService, containers: () => Pick<ContainersByHttps, 'asked'>): void {
  describe('a picture of a person', () => {
    let picture: Buffer;
    let root: Person;
    let paloma: Person;
    let page: FoundingPage;
    const ownerOf = ({ token }: Person): string =>
      JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()).sub;

    beforeAll(async () => {
      picture = await readFile(portrait);
      root = await service().person('petra', 'labdeploy-admin');
      paloma = await service().person('paloma');
      page = new FoundingPage(service().url, paloma.token);
      await root.call('publishAgreement', {
        body: {
          agreement: 'photographs',
          purposes: ['process', 'share-lab'],
          material: false,
          texts: [{ language: 'en', markdown: '# Photographs\n\nFaces are hidden.' }],
        },
      });
    }, long);

    /** Keys of what the bucket has of a person. */
    const objectsOf = async (owner: string): Promise<string[]> => {
      const { clients, outputs } = service();
      const found: string[] = [];
      for (const Prefix of picturePrefixes(owner)) {
        const request = new ListObjectsV2Command({ Bucket: outputs.buckets.pictures, Prefix });
        found.push(...((await clients.s3.send(request)).Contents ?? []).map(({ Key }) => Key!));
      }
      return found;
    };
    /** What the table has of a picture, but for the history of what was shown. */
    const rowsOf = async (owner: string): Promise<string[]> => {
      const { clients, outputs } = service();
      const found: string[] = [];
      for await (const { Items = [] } of paginateScan({ client: clients.dynamodb }, { TableName: outputs.table }))
        for (const { pk, sk } of Items) if (pk?.S?.includes(owner)) found.push(sk!.S!);
      return found.filter((sk) => /^(picture|upload)/.test(sk));
    };
    /** A base picture of what the page of the first services says of each upload. */
    const addBase = async (bytes: Uint8Array, theme: string, story: string) => {
      const labels = { theme, gender: 'w', skin: 'light' };
      const body = { recipe: 'face-swap', labels, story, bytes: bytes.length };
      const { base, request } = await root.call('addBase', { body });
      const { url, headers, method } = request;
      expect((await fetch(url, { method, headers, body: new Uint8Array(bytes) })).status).toBe(200);
      return base;
    };
    const send = async (person: Person, recipe: string): Promise<string> => {
      const { picture: made, request } = await person.call('addPicture', { body: { recipe, bytes: picture.length } });
      const { url, headers, method } = request;
      expect((await fetch(url, { method, headers, body: new Uint8Array(picture) })).status).toBe(200);
      return made.id;
    };
    const agree = async (person: Person, said: boolean) => {
      const { items } = await person.call('listAgreements');
      const [{ agreement, version, texts }] = items as [(typeof items)[number]];
      return person.call('decideAgreement', { body: { agreement, version, sha256: texts[0]!.sha256, agree: said } });
    };
    const inState = (person: Person, picture: string, state: string) =>
      service().runner.until(`${picture} is ${state}`, async () => {
        const shown = await person.call('showPicture', { params: { picture } });
        return shown.state === state ? shown : undefined;
      });
    /** A round of what looks at pictures, with a clock that is ahead. */
    const tidyAt = async (ms: number) => {
      const { runner } = service();
      runner.later = ms;
      try {
        expect(await runner.tick('tidy-pictures')).toMatchObject([{ payload: null }]);
      } finally {
        runner.later = 0;
      }
    };

    it(
      'goes through two containers as the page of the first services asks for it, and nothing but what is shown stays',
      async () => {
        await addBase(await encodeJpeg(quarters(400, 300)), 'lab', 'A walk');
        const first = await page.submit(picture, 'me');
        const shown = await page.waitForChange('me');
        expect(shown).toMatchObject({ uuid: first, userId: 'me', theme: 'lab', gender: 'w', skin: 'light' });
        expect(shown.story).toBe('A walk');
        const sent = 'uuid,bucket,source,target,output';
        expect(containers().asked).toEqual([
          ['facechain', sent],
          ['gfpgan', sent],
        ]);
        const image = await fetch(shown.imageUrl!);
        expect([image.status, image.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
        const made = await readPicture(new Uint8Array(await image.arrayBuffer()));
        expect([made.width, made.height, coloursOf(made)]).toEqual([400, 300, ['red', 'green', 'blue', 'grey']]);
        const middle = made.data.subarray(3 * (150 * 400 + 170), 3 * (150 * 400 + 230)); // across her face
        expect(new Set([...middle].map((value) => value >> 4)).size).toBeGreaterThan(6);
        const second = await page.submit(picture, 'me');
        expect((await page.waitForChange('me', first)).uuid).toBe(second);
        const { items } = await paloma.call('listDisplays', { query: {} });
        expect(items.map(({ picture: id, change, why }) => [id, why ?? change])).toEqual([
          [first, 'newer'],
          [second, 'shown'],
          [first, 'shown'],
        ]);
        expect((await objectsOf(ownerOf(paloma))).map((key) => key.split('/').at(-1)).sort()).toEqual(
          [`${first}.jpg`, `${second}.jpg`].sort(),
        );
      },
      long,
    );

    it(
      'is out of reach of other people, and of whoever has no token',
      async () => {
        const pavel = await service().person('pavel');
        const owner = ownerOf(paloma);
        const asked: [method: string, path: string, body?: object][] = [
          ['POST', '/apis/images/upload', { userId: owner, theme: 'a', gender: 'b', skin: 'c' }],
          ['GET', `/apis/images/${owner}`],
          ['POST', '/agree', { id: 'x', name: 'Paloma', agree: 'N', userId: owner, savedAt: 'now' }],
        ];
        for (const [method, path, body] of [...asked, ['GET', '/apis/styles'] as const]) {
          const ask = async (token?: string) => {
            const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) };
            const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
            const answer = await fetch(service().url + path, init);
            return { status: answer.status, body: await answer.json() };
          };
          for (const token of [undefined, `${paloma.token.slice(0, -4)}AAAA`])
            expect(await ask(token)).toEqual({ status: 401, body: { message: 'Unauthorized' } });
          expect((await ask(pavel.token)).status).toBe(path === '/apis/styles' ? 200 : 404);
          const headers = { Origin: service().url, 'Access-Control-Request-Method': method };
          const preflight = await fetch(service().url + path, { method: 'OPTIONS', headers });
          const allowed = preflight.headers.get('access-control-allow-origin');
          expect([preflight.status, allowed]).toEqual([204, service().url]);
        }
        const id = (await paloma.call('listDisplays', { query: {} })).items[0]!.picture;
        await expect(pavel.call('showPicture', { params: { picture: id } })).rejects.toMatchObject({
          problem: { code: 'pictureMissing' },
        });
        expect((await page.show('me')).status).toBe(200);
      },
      long,
    );

    it(
      'has its owner sent a receipt by mail of what they agreed to',
      async () => {
        const { authoriser, runner, outputs } = service();
        const mails = () =>
          authoriser.log.filter(
            ({ who, action, allowed }) =>
              who === roleOf(outputs.functions.notify!) && action === 'ses:SendEmail' && allowed,
          ).length;
        const penny = await service().person('penny');
        const before = mails();
        await agree(penny, true);
        await runner.until('the receipt', async () => (mails() > before ? true : undefined));
      },
      long,
    );

    it(
      'is gone from the table and the bucket when consent is withdrawn',
      async () => {
        await page.agree('http://x/face-image/none.jpeg?', 'me', 'N');
        expect(await page.show('me')).toEqual({ status: 404, body: { error: 'User not found' } });
        const owner = ownerOf(paloma);
        await service().runner.until('nothing of it is left', async () => {
          const left = [...(await objectsOf(owner)), ...(await rowsOf(owner))];
          return left.length === 0 ? true : undefined;
        });
        expect((await paloma.call('listPictures', { query: {} })).items).toEqual([]);
        expect((await paloma.call('listRecords', { query: {} })).items[0]).toMatchObject({
          agree: false,
          name: 'Olga',
        });
      },
      long,
    );

    it(
      'waits for consent, then for a look at its faces, and is shown to the lab until its owner deletes it',
      async () => {
        const peter = await service().person('peter');
        const id = await send(peter, 'deface');
        await inState(peter, id, 'held');
        await agree(peter, true);
        await inState(peter, id, 'reviewing');
        const params = { person: ownerOf(peter), picture: id };
        const { items } = await root.call('listReviews', { query: {} });
        expect(items.map((review) => review.id)).toEqual([id]);
        const review = await root.call('showReview', { params });
        const { regions = [] } = review.picture;
        expect(regions.length).toBe(1);
        expect((await fetch(review.download.request.url)).headers.get('content-type')).toBe('image/png');
        await root.call('reviewPicture', { params, body: { show: true, regions } });
        await inState(peter, id, 'shown');
        const seen = (await paloma.call('listShownPictures', { query: {} })).items;
        expect(seen.map((shown) => [shown.id, shown.person])).toEqual([[id, ownerOf(peter)]]);
        await peter.call('deletePicture', { params: { picture: id } });
        await service().runner.until('nothing of it is left', async () =>
          (await objectsOf(ownerOf(peter))).length === 0 ? true : undefined,
        );
        expect((await paloma.call('listShownPictures', { query: {} })).items).toEqual([]);
      },
      long,
    );

    it(
      'that nobody sends, agrees to or could work on, or whose time is over, is deleted with words',
      async () => {
        const { clients, outputs } = service();
        const pia = await service().person('pia');
        const owner = ownerOf(pia);
        const [held, broken] = [await send(pia, 'deface'), await send(pia, 'deface')];
        for (const id of [held, broken]) await inState(pia, id, 'held');
        const { picture: unsent } = await pia.call('addPicture', { body: { recipe: 'deface', bytes: picture.length } });
        const pearl = await service().person('pearl');
        await agree(pearl, true);
        const kept = await send(pearl, 'hide-faces');
        await inState(pearl, kept, 'shown');
        await clients.sqs.send(
          new SendMessageCommand({
            QueueUrl: outputs.deadLetters.pictures,
            MessageBody: JSON.stringify({ kind: 'crop', owner, id: broken }),
          }),
        );
        await tidyAt(0);
        expect(await pia.call('showPicture', { params: { picture: broken } })).toMatchObject({
          ...{ state: 'failed', failure: { code: 'gaveUp' } },
        });
        await tidyAt(0.5 * hour);
        await inState(pia, held, 'held');
        expect(await pia.call('showPicture', { params: { picture: unsent.id } })).toMatchObject({
          ...{ state: 'failed', failure: { code: 'pictureNotSent' } },
        });
        await tidyAt(1.1 * hour);
        expect(await pia.call('showPicture', { params: { picture: held } })).toMatchObject({
          ...{ state: 'failed', failure: { code: 'pictureHeldTooLong' } },
        });
        await inState(pearl, kept, 'hidden');
        const { items } = await pearl.call('listDisplays', { query: {} });
        expect(items[0]).toMatchObject({ picture: kept, change: 'hidden', why: 'expired' });
        for (const each of [owner, ownerOf(pearl)]) expect(await objectsOf(each)).toEqual([]);
      },
      long,
    );

    it(
      'may have a base picture, which administrators add, list and remove',
      async () => {
        const base = await addBase(picture, 'space', 'A walk in space');
        const list = async () => (await root.call('listBases', { query: { recipe: 'face-swap' } })).items;
        const added = (await list()).find(({ id }) => id === base.id);
        expect([added?.story, added?.download?.bytes]).toEqual(['A walk in space', picture.length]);
        await root.call('deleteBase', { params: { recipe: 'face-swap', base: base.id } });
        expect((await list()).map(({ story }) => story)).toEqual(['A walk']);
      },
      long,
    );

    it(
      'is forgotten with its person, whose consents go too',
      async () => {
        const pola = await service().person('pola');
        await agree(pola, true);
        const id = await send(pola, 'hide-faces');
        await inState(pola, id, 'shown');
        const { clients, outputs } = service();
        const account = { UserPoolId: outputs.userPoolId, Username: 'pola@lab.example' };
        await clients.cognito.send(new AdminDeleteUserCommand(account));
        const { forgotten } = await root.call('forgetPerson', { params: { person: ownerOf(pola) } });
        expect(forgotten).toMatchObject({ pictures: 1 });
        expect([await objectsOf(ownerOf(pola)), await rowsOf(ownerOf(pola))]).toEqual([[], []]);
      },
      long,
    );
  });
}
