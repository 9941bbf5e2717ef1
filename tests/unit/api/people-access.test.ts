import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Operation, operations } from '../../../functions/contract/operations.ts';
import type { ProblemView } from '../../../functions/contract/problem-view.ts';
import { baseRef, resultPictureRef, uprightRef } from '../../../functions/core/pictures/keys.ts';
import { purposes } from '../../../functions/core/pictures/picture.ts';
import { readRecipe } from '../../../functions/recipes/read-recipe.ts';
import { shippedRecipes } from '../../../functions/recipes/shipped.ts';
import { decision, newPicture, newVersion } from '../../contract/pictures.ts';
import { type ApiService, apiService } from '../../support/api-service.ts';

/** Who may ask what; a new route of pictures of people fails here until it is in one of these. */
const kinds = {
  /** Of one picture: another person's is as missing as one that never was. */
  ofOne: ['showPicture', 'deletePicture', 'showReview', 'reviewPicture'],
  /** What the caller has, and nothing of others. */
  own: ['listPictures', 'showDisplay', 'listDisplays', 'listReviews', 'listAgreements', 'listRecords'],
  /** Adds to what the caller has. */
  adds: ['addPicture', 'decideAgreement'],
  admins: ['publishAgreement', 'listBases', 'addBase', 'deleteBase'],
  /** The same for everybody who may sign in. */
  everybody: ['listRecipes', 'listShownPictures'],
} as const;

const labels = { theme: 'lab', gender: 'w', skin: 'light' };
const texts = [{ language: 'en', markdown: 'We show your picture.' }];
const bodies: Record<string, object> = {
  reviewPicture: { regions: [], show: true },
  addPicture: { recipe: 'deface', bytes: 3 },
  decideAgreement: { agreement: 'photographs', version: 1, sha256: 'ab'.repeat(32), agree: false },
  publishAgreement: { agreement: 'photographs', purposes: ['process'], material: false, texts },
  addBase: { recipe: 'face-swap', labels, bytes: 3 },
};
const ofPeople = (Object.values(operations) as Operation[]).filter(({ feature }) => feature === 'people');

describe('routes of pictures of people', () => {
  let api: ApiService;
  let before: unknown;

  const everything = async () => {
    const { pictures, agreements, bases } = api.ports.people!;
    return {
      person: await pictures.person('olga'),
      pictures: (await pictures.list('olga')).items,
      records: (await pictures.records('olga')).items,
      versions: await agreements.versions(),
      bases: await bases.list('face-swap'),
      objects: (await api.ports.objects.list('pictures', '')).objects.map(({ key }) => key),
    };
  };

  /** Olga has agreed; of her pictures one is displayed and one waits for a review, and the lab has a base picture. */
  beforeAll(async () => {
    const recipes = Object.values(shippedRecipes).map((text) => readRecipe(text, 'recipe'));
    api = await apiService({ pictures: { recipes, containers: ['facechain', 'gfpgan'], usualRecipe: 'deface' } });
    const { pictures, agreements, bases } = api.ports.people!;
    await agreements.publish(newVersion());
    await pictures.decide(decision());
    for (const [id, review] of [
      ['aaaaaaa1', false],
      ['aaaaaaa2', true],
    ] as const) {
      const ref = { owner: 'olga', id };
      await pictures.add(newPicture(id, { needs: purposes, show: 'lab' }));
      await pictures.take(ref, { do: 'arrive' });
      const regions = [{ x: 1, y: 1, width: 2, height: 2 }];
      await pictures.take(ref, { do: 'found', size: { width: 4, height: 3 }, regions, review });
      await api.ports.objects.put(review ? uprightRef(ref) : resultPictureRef(ref), Buffer.from('pixels'));
      if (!review) for (const step of ['swapped', 'show'] as const) await pictures.take(ref, { do: step });
    }
    await bases.add({ recipe: 'face-swap', id: 'bbbbbbb1', labels, story: 'A walk', addedAt: 1 });
    await api.ports.objects.put(baseRef('face-swap', 'bbbbbbb1'), Buffer.from('pixels'));
    before = await everything();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const ask = (
    id: string,
    as: string | null,
    picture = id.endsWith('Review') || id === 'reviewPicture' ? 'aaaaaaa2' : 'aaaaaaa1',
  ) => {
    const { method, path } = ofPeople.find((each) => each.id === id)!;
    const known: Record<string, string> = { person: 'olga', picture, recipe: 'face-swap', base: 'bbbbbbb1' };
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => known[name]!);
    const query = id === 'listBases' ? '?recipe=face-swap' : '';
    const body = bodies[id];
    return api.call<ProblemView & Record<string, unknown>>(method, filled + query, { as, ...(body && { body }) });
  };

  it('are all tried', () => {
    expect(Object.values(kinds).flat().sort()).toEqual(ofPeople.map(({ id }) => id).sort());
  });

  it.each(ofPeople.map(({ id }) => id))('%s refuses who has no good token, and changes nothing', async (id) => {
    for (const [as, code] of [
      [null, 'tokenMissing'],
      ['forged', 'tokenRefused'],
      ['expired', 'tokenExpired'],
    ] as const) {
      const { status, body } = await ask(id, as);
      expect([status, body.code]).toEqual([401, code]);
    }
    expect(await everything()).toEqual(before);
  });

  it.each(kinds.ofOne)('%s finds another person’s picture no more than one that never was', async (id) => {
    const stolen = await ask(id, 'omar');
    const never = await ask(id, 'omar', 'ccccccc1');
    expect([stolen.status, stolen.body.code]).toEqual([404, 'pictureMissing']);
    const anonymous = ({ body }: typeof stolen) =>
      JSON.stringify({ ...body, requestId: '' }).replaceAll(/(aaaaaaa|ccccccc)\d/g, 'PICTURE');
    expect(anonymous(stolen)).toBe(anonymous(never));
    expect(await everything()).toEqual(before);
  });

  it.each(kinds.own)('%s has nothing of another person', async (id) => {
    const [hers, his] = [await ask(id, 'olga'), await ask(id, 'omar')];
    expect([hers.status, his.status]).toEqual([200, 200]);
    expect(JSON.stringify(hers.body)).toMatch(/aaaaaaa[12]|agreed|"agree":true/);
    expect(JSON.stringify(his.body)).not.toMatch(/aaaaaaa|olga|agreed|"agree":true/);
  });

  it.each(kinds.adds)('%s changes nothing of another person', async (id) => {
    expect((await ask(id, 'omar')).status).toBe(201);
    const { objects: _, ...now } = await everything();
    const { objects: __, ...then } = before as Awaited<ReturnType<typeof everything>>;
    expect(now).toEqual(then);
    expect((await api.ports.people!.pictures.person('omar')).owner).toBe('omar');
  });

  it.each(kinds.admins)('%s is for administrators', async (id) => {
    const { status, body } = await ask(id, 'omar');
    expect([status, body.code]).toEqual([403, 'adminsOnly']);
    expect(await everything()).toEqual(before);
  });

  it.each(kinds.everybody)('%s answers everybody the same, and of people what they share', async (id) => {
    const [hers, his] = [await ask(id, 'olga'), await ask(id, 'omar')];
    const text = ({ body }: typeof hers) => JSON.stringify(body).replaceAll(/"request":\{[^}]*\}/g, '');
    expect([his.status, text(his)]).toEqual([200, text(hers)]);
    expect(text(his)).not.toContain('aaaaaaa2'); // which waits for a review
  });
});
