import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { resultPictureRef, sentPictureRef, uprightRef } from '../../../functions/core/pictures/keys.ts';
import { readRecipe } from '../../../functions/recipes/read-recipe.ts';
import { shippedRecipes } from '../../../functions/recipes/shipped.ts';
import { type ApiService, apiService, pageOrigin } from '../../support/api-service.ts';

const usual = `
name: usual
consent: [process]
region: { detector: whole }
transform: [outline]
complete: { show: lab }
`.replace('[process]', '[process, share-lab]');
const texts = [
  { language: 'de', markdown: 'Wir zeigen Ihr Bild.' },
  { language: 'en', markdown: 'We show your picture.' },
];
const version = { agreement: 'photographs', purposes: ['process', 'share-lab'], material: false, texts };
const found = { do: 'found', size: { width: 4, height: 3 }, regions: [{ x: 1, y: 1, width: 2, height: 2 }] } as const;

describe('pictures of people by the API', () => {
  let api: ApiService;
  beforeEach(async () => {
    const recipes = [usual, ...Object.values(shippedRecipes)].map((text) => readRecipe(text, 'recipe'));
    api = await apiService({ pictures: { recipes, containers: [], usualRecipe: 'usual' } });
  });
  afterEach(() => api[Symbol.asyncDispose]());

  const stores = () => api.ports.people!;
  const publish = (more: object = {}) =>
    api.call('POST', '/v1/agreements/texts', { as: 'ada', body: { ...version, ...more } });
  const current = async (as: string) => {
    const { body } = await api.call<{
      items: { version: number; texts: { sha256: string; markdown: string }[]; purposes: object[] }[];
    }>('GET', '/v1/agreements', { as });
    return body.items[0]!;
  };
  const decide = async (agree: boolean, as = 'olga', more: object = {}) => {
    const {
      version: number,
      texts: [text],
    } = await current(as);
    const body = { agreement: 'photographs', version: number, sha256: text!.sha256, agree, ...more };
    return api.call('POST', '/v1/agreements', { as, body });
  };
  const send = async (as = 'olga', bytes = 'abc') => {
    const { body } = await api.call<{
      picture: { id: string };
      request: { url: string; headers: Record<string, string> };
    }>('POST', '/v1/pictures', { as, body: { recipe: 'usual', bytes: 3 } });
    const { url, headers } = body.request;
    const { status } = await fetch(url, { method: 'PUT', headers, body: bytes });
    return { id: body.picture.id, status };
  };
  /** As the stage does it. */
  const complete = async (owner: string, id: string) => {
    const { pictures } = stores();
    await pictures.take({ owner, id }, { do: 'arrive' });
    await pictures.take({ owner, id }, { ...found, review: false });
    await pictures.take({ owner, id }, { do: 'swapped' });
    await api.ports.objects.put(resultPictureRef({ owner, id }), Buffer.from('jpeg'));
    return pictures.take({ owner, id }, { do: 'show' });
  };
  /** What was sent to the queue of notices. */
  const receipts = async () => {
    const received = await api.ports.queue.receive('notices', { max: 10, visibilitySeconds: 60 });
    return received.map(({ body }) => body);
  };
  const messages = async () => {
    const received = await api.ports.queue.receive('pictures', { max: 10, visibilitySeconds: 60 });
    await api.ports.queue.acknowledge(
      'pictures',
      received.map(({ receipt }) => receipt),
    );
    return received.map(({ body }) => body);
  };

  it('are sent by a signed upload of their size, which starts the stage', async () => {
    const { id, status } = await send();
    expect(status).toBe(200);
    expect(await messages()).toEqual([{ kind: 'crop', owner: 'olga', id }]);
    expect((await send('olga', 'abcd')).status).toBe(400);
    const { body } = await api.call('GET', `/v1/pictures/${id}`);
    expect(body).toMatchObject({ id, person: 'olga', state: 'waiting', number: 1, needs: ['process', 'share-lab'] });
    expect((await api.call('GET', `/v1/pictures/${id}`, { as: 'omar' })).body).toMatchObject({
      code: 'pictureMissing',
    });
  });

  it('need a recipe that can be used, and its labels', async () => {
    const refused = async (body: object) =>
      (await api.call('POST', '/v1/pictures', { body: { bytes: 3, ...body } })).body.code;
    expect(await refused({ recipe: 'none' })).toBe('recipeMissing');
    expect(await refused({ recipe: 'face-swap', labels: { theme: 'a', gender: 'b', skin: 'c' } })).toBe(
      'recipeMissing',
    );
    expect(await refused({ recipe: 'usual', labels: { theme: 'a' } })).toBe('labelsWrong');
    expect(await refused({ recipe: 'usual', bytes: 20_000_001 })).toBe('requestInvalid');
    type Listed = { name: string; title: string; about: string; usable: boolean };
    const { body } = await api.call<{ items: Listed[] }>('GET', '/v1/recipes');
    expect(body.items.map(({ name, title, usable }) => [name, title, usable])).toEqual([
      ['usual', 'Usual', true],
      ['deface', 'Hide faces', true],
      ['face-swap', 'Swap the face', false],
    ]);
    expect(body.items[0]!.about).toBe('The whole picture is outlined.');
  });

  it('begin when their owner agrees to the text that was shown', async () => {
    await publish();
    const { id } = await send();
    await messages();
    await stores().pictures.take({ owner: 'olga', id }, { do: 'arrive' });
    expect((await current('olga')).purposes).toEqual([
      { purpose: 'process', standing: 'open' },
      { purpose: 'share-lab', standing: 'open' },
    ]);
    const { status, body } = await decide(true);
    expect([status, body]).toMatchObject([201, { record: 1, version: 1, language: 'de', agree: true }]);
    expect(await messages()).toEqual([{ kind: 'crop', owner: 'olga', id }]);
    const { sha256, markdown } = (await current('olga')).texts[0]!;
    expect(await receipts()).toEqual([
      {
        owner: 'olga',
        receipt: {
          ...{ record: 1, agreement: 'photographs', version: 1, sha256, language: 'de', markdown },
          ...{ purposes: ['process', 'share-lab'], agree: true, savedAt: api.clock.now() },
        },
      },
    ]);
    expect((await current('omar')).purposes[0]).toEqual({ purpose: 'process', standing: 'open' });
  });

  it('are not agreed to by an older text, or one that there never was', async () => {
    await publish();
    const old = await current('olga');
    await publish({ material: true });
    const body = { agreement: 'photographs', version: 1, sha256: old.texts[0]!.sha256, agree: true };
    expect((await api.call('POST', '/v1/agreements', { body })).body).toMatchObject({
      code: 'agreementChanged',
      status: 409,
    });
    expect(
      (await api.call('POST', '/v1/agreements', { body: { ...body, version: 2, sha256: 'ab'.repeat(32) } })).body.code,
    ).toBe('agreementChanged');
    expect((await api.call('POST', '/v1/agreements', { body: { ...body, agreement: 'other' } })).body.code).toBe(
      'agreementMissing',
    );
    expect((await stores().pictures.records('olga')).items).toEqual([]);
  });

  it('are seen by the lab while consent stands, and by nobody from the moment that it is withdrawn', async () => {
    await publish();
    await decide(true);
    const { id } = await send();
    await complete('olga', id);
    await messages();
    const seen = async (as: string) =>
      (
        await api.call<{ items: { id: string; download?: { request: { url: string } } }[] }>(
          'GET',
          '/v1/pictures/shown',
          { as },
        )
      ).body.items;
    const [first] = await seen('omar');
    expect(first).toMatchObject({ id, download: { bytes: 4 } });
    expect(await (await fetch(first!.download!.request.url)).text()).toBe('jpeg');
    await decide(false);
    expect(await seen('omar')).toEqual([]);
    expect((await api.call('GET', '/v1/pictures/display')).body).toEqual({});
    expect((await api.call('GET', `/v1/pictures/${id}`)).body).not.toHaveProperty('download');
    expect(await messages()).toEqual([{ kind: 'withdraw', owner: 'olga' }]);
    api.clock.advance(30); // sent before the decision, should the service die just after it
    expect(await messages()).toEqual([{ kind: 'withdraw', owner: 'olga' }]);
    const { body } = await api.call<{ items: object[] }>('GET', '/v1/pictures/history');
    expect(body.items).toMatchObject([
      { picture: id, change: 'hidden', why: 'withdrawn', by: 'owner' },
      { change: 'shown' },
    ]);
  });

  it('wait for a review of their owner or an administrator, and of nobody else', async () => {
    await publish();
    await decide(true);
    const { id } = await send();
    await messages();
    const ref = { owner: 'olga', id };
    const path = `/v1/reviews/olga/${id}`;
    expect((await api.call('GET', path)).body.code).toBe('pictureState');
    await stores().pictures.take(ref, { do: 'arrive' });
    await stores().pictures.take(ref, { ...found, review: true });
    expect((await api.call('GET', path, { as: 'omar' })).body.code).toBe('pictureMissing');
    const listed = async (as: string) =>
      (await api.call<{ items: object[] }>('GET', '/v1/reviews', { as })).body.items.length;
    expect([await listed('ada'), await listed('olga'), await listed('omar')]).toEqual([1, 1, 0]);
    const regions = [{ x: 0, y: 0, width: 2, height: 3 }];
    expect((await api.call('POST', path, { as: 'omar', body: { regions } })).body.code).toBe('pictureMissing');
    expect((await api.call('POST', path, { as: 'ada', body: { regions } })).body).toMatchObject({
      state: 'swapping',
      regions,
    });
    expect((await api.call('POST', path, { as: 'ada', body: { regions } })).body.code).toBe('pictureState');
    expect(await messages()).toEqual([{ kind: 'swap', owner: 'olga', id }]);
  });

  it('are out of reach of a review from the moment that consent is withdrawn', async () => {
    await publish();
    await decide(true);
    const { id } = await send();
    const ref = { owner: 'olga', id };
    await stores().pictures.take(ref, { do: 'arrive' });
    await stores().pictures.take(ref, { ...found, review: true });
    await api.ports.objects.put(uprightRef(ref), Buffer.from('png'));
    const path = `/v1/reviews/olga/${id}`;
    expect((await api.call('GET', path, { as: 'ada' })).status).toBe(200);
    await decide(false);
    for (const body of [undefined, { regions: [] }])
      expect((await api.call(body ? 'POST' : 'GET', path, { as: 'ada', ...(body && { body }) })).body).toMatchObject({
        code: 'pictureMissing',
      });
  });

  it('are kept back by whoever reviews them, and the stage is told to remove them', async () => {
    await publish();
    await decide(true);
    const { id } = await send();
    const ref = { owner: 'olga', id };
    const path = `/v1/reviews/olga/${id}`;
    await stores().pictures.take(ref, { do: 'arrive' });
    await stores().pictures.take(ref, { ...found, review: true });
    await messages();
    const body = { regions: [], show: false };
    expect((await api.call('POST', path, { as: 'omar', body })).body.code).toBe('pictureMissing');
    expect((await api.call('POST', path, { as: 'ada', body })).body).toMatchObject({ state: 'failed' });
    expect((await api.call('GET', `/v1/pictures/${id}`)).body).toMatchObject({
      failure: { code: 'pictureKeptBack', message: expect.stringContaining('whoever looked at it first decided so') },
    });
    expect(await messages()).toEqual([{ kind: 'swap', owner: 'olga', id }]);
    expect((await api.call('POST', path, { as: 'ada', body: { regions: [] } })).body.code).toBe('pictureState');
  });

  it('are deleted by their owner only', async () => {
    const { id } = await send();
    await messages();
    expect((await api.call('DELETE', `/v1/pictures/${id}`, { as: 'omar' })).body.code).toBe('pictureMissing');
    expect((await api.call('DELETE', `/v1/pictures/${id}`)).status).toBe(204);
    expect((await api.call('GET', `/v1/pictures/${id}`)).body.code).toBe('pictureMissing');
    expect(await messages()).toEqual([{ kind: 'withdraw', owner: 'olga', id }]);
  });

  it('have texts and base pictures that administrators add', async () => {
    const calls = [
      ['POST', '/v1/agreements/texts', version],
      ['GET', '/v1/bases?recipe=face-swap', undefined],
      ['POST', '/v1/bases', { recipe: 'face-swap', labels: { theme: 'a', gender: 'b', skin: 'c' }, bytes: 3 }],
      ['DELETE', '/v1/bases/face-swap/00000000', undefined],
    ] as const;
    for (const [method, path, body] of calls)
      expect((await api.call(method, path, body && { body })).body).toMatchObject({ code: 'adminsOnly' });
    const [, , [, , base]] = calls;
    const added = await api.call<{ base: { id: string }; request: { url: string; headers: Record<string, string> } }>(
      'POST',
      '/v1/bases',
      { as: 'ada', body: base },
    );
    const { url, headers } = added.body.request;
    expect((await fetch(url, { method: 'PUT', headers, body: 'abc' })).status).toBe(200);
    expect(await messages()).toEqual([]);
    const list = async () =>
      (await api.call<{ items: object[] }>('GET', '/v1/bases?recipe=face-swap', { as: 'ada' })).body.items;
    expect(await list()).toMatchObject([{ id: added.body.base.id, story: '-', download: { bytes: 3 } }]);
    expect(
      (
        await api.call('POST', '/v1/bases', {
          as: 'ada',
          body: { recipe: 'face-swap', labels: { theme: 'a' }, bytes: 3 },
        })
      ).body.code,
    ).toBe('labelsWrong');
    expect((await api.call('DELETE', `/v1/bases/face-swap/${added.body.base.id}`, { as: 'ada' })).status).toBe(204);
    expect(await list()).toEqual([]);
  });

  describe('the routes of the first picture services', () => {
    const ask = async (
      method: string,
      path: string,
      { as = 'olga', body }: { as?: string | null; body?: unknown } = {},
    ) => {
      const headers = {
        ...(as !== null && { Authorization: `Bearer ${as}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        Origin: pageOrigin,
      };
      const answer = await fetch(api.url + path, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      expect(answer.headers.get('access-control-allow-origin')).toBe(pageOrigin);
      return { status: answer.status, body: (await answer.json()) as Record<string, string> };
    };
    const upload = { userId: 'olga', theme: 'lab', gender: 'w', skin: 'light' };
    const said = { id: 'x.jpeg', name: 'Olga', agree: 'Y', userId: 'olga', savedAt: 'now' };

    it.each([
      ['POST', '/apis/images/upload', upload, 'error'],
      ['GET', '/apis/images/olga', undefined, 'error'],
      ['GET', '/apis/styles', undefined, 'error'],
      ['POST', '/agree', said, 'message'],
    ])('%s %s needs a token, and gives errors their shape', async (method, path, body, word) => {
      for (const as of [null, 'forged', 'expired']) {
        const { status, body: given } = await ask(method, path, { as, body });
        expect([status, Object.keys(given)]).toEqual([401, [word]]);
      }
      expect(await ask('PATCH', path)).toEqual({ status: 405, body: { [word]: 'Method Not Allowed' } });
      expect(await ask('OPTIONS', path, { as: null })).toEqual({ status: 200, body: {} });
    });

    it('reach nobody’s but the caller’s own', async () => {
      await publish();
      expect(await ask('POST', '/apis/images/upload', { as: 'omar', body: upload })).toEqual({
        status: 404,
        body: { error: 'User not found' },
      });
      expect(await ask('POST', '/agree', { as: 'omar', body: said })).toEqual({
        status: 404,
        body: { message: 'User not found' },
      });
      await decide(true);
      const { id } = await send();
      await complete('olga', id);
      expect((await ask('GET', '/apis/images/olga', { as: 'omar' })).body).toEqual({ error: 'User not found' });
      for (const name of ['olga', 'me', 'olga@lab.example'])
        expect((await ask('GET', `/apis/images/${name}`)).body).toMatchObject({ uuid: id, userId: name });
    });

    it('answer what is missing as those did', async () => {
      expect(await ask('POST', '/apis/images/upload', { body: { userId: 'olga', theme: 'lab' } })).toEqual({
        ...{ status: 400, body: { error: 'Bad Request: missing gender, skin' } },
      });
      for (const theme of ['t'.repeat(201), 'lab\u202eneg'])
        expect(await ask('POST', '/apis/images/upload', { body: { ...upload, theme } })).toEqual({
          ...{
            status: 400,
            body: { error: 'Bad Request: theme has more than 200 letters, or one that cannot be shown' },
          },
        });
      expect(await ask('POST', '/agree', { body: { id: 'x' } })).toEqual({
        status: 400,
        body: { message: 'Missing required fields' },
      });
      expect(await ask('POST', '/agree', { body: said })).toEqual({
        status: 409,
        body: { message: 'There is no agreement text to agree to' },
      });
      expect(await ask('GET', '/apis/images/olga')).toEqual({ status: 404, body: { error: 'User not found' } });
      expect(await ask('GET', '/apis/styles')).toEqual({ status: 200, body: { styles: [] } });
    });

    it.each([
      ['/apis/images/upload', 'error', 'Bad Request: missing userId, theme, gender, skin'],
      ['/agree', 'message', 'Missing required fields'],
    ])('%s refuses every other body with its own shape, and records nothing', async (path, word, missing) => {
      await publish();
      const send = async (body: string | undefined, type = 'application/json') => {
        const headers = { Authorization: 'Bearer olga', ...(body !== undefined && { 'Content-Type': type }) };
        const answer = await fetch(api.url + path, { method: 'POST', headers, ...(body !== undefined && { body }) });
        return [answer.status, await answer.json()];
      };
      for (const body of [undefined, '[]', 'null', '"olga"', '12', '{"__proto__":{"userId":"olga"}}'])
        expect(await send(body)).toEqual([400, { [word]: missing }]);
      const given = JSON.stringify({ ...upload, ...said });
      expect(await send(given.slice(1))).toEqual([400, { [word]: expect.stringMatching(/^Bad Request: Unexpected/) }]);
      const noJson = [415, { [word]: 'Bad Request: send it with Content-Type: application/json, in UTF-8' }];
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-16'])
        expect(await send(given, type)).toEqual(noJson);
      expect(await send(JSON.stringify({ more: 'x'.repeat(1_000_000) }))).toEqual([
        413,
        { [word]: expect.stringContaining('the body is too large') },
      ]);
      expect((await stores().pictures.list('olga', {})).items).toEqual([]);
      expect((await stores().pictures.records('olga')).items).toEqual([]);
    });

    it('take nobody but the caller for whoever a body or a path names, however it is written', async () => {
      await publish();
      for (const userId of ['omar', 'OLGA', 'olga ', "olga'--", 'o-l-g-a', 'o'.repeat(1000)]) {
        const body = { ...upload, ...said, userId };
        expect(await ask('POST', '/apis/images/upload', { body })).toEqual({
          ...{ status: 404, body: { error: 'User not found' } },
        });
        expect(await ask('POST', '/agree', { body })).toEqual({ status: 404, body: { message: 'User not found' } });
        expect(await ask('GET', `/apis/images/${encodeURIComponent(userId)}`)).toEqual({
          ...{ status: 404, body: { error: 'User not found' } },
        });
      }
      for (const userId of [null, 5, ['olga'], { olga: 1 }, 'o'.repeat(1001), ''])
        expect(await ask('POST', '/agree', { body: { ...said, userId } })).toEqual({
          ...{ status: 404, body: { message: 'User not found' } },
        });
      expect(await ask('GET', '/apis/images/%E0%A4%A')).toEqual({
        ...{
          status: 400,
          body: { error: expect.stringMatching(/^Bad Request: the path is not percent-encoded UTF-8/) },
        },
      });
      expect((await stores().pictures.records('olga')).items).toEqual([]);
    });

    it('let no page of another origin read an answer', async () => {
      for (const [method, path] of [
        ['POST', '/apis/images/upload'],
        ['GET', '/apis/images/me'],
        ['GET', '/apis/styles'],
        ['POST', '/agree'],
        ['OPTIONS', '/agree'],
      ])
        for (const Origin of ['https://other.example', 'null', `${pageOrigin}.other.example`]) {
          const headers = { Authorization: 'Bearer olga', Origin, 'Access-Control-Request-Method': 'POST' };
          const answer = await fetch(api.url + path, { method: method!, headers });
          expect(answer.headers.get('access-control-allow-origin')).toBeNull();
          expect(answer.headers.get('vary')).toBe('Origin');
        }
    });

    it('give an upload that takes any size up to the limit, and record what was said', async () => {
      await publish();
      const { status, body } = await ask('POST', '/apis/images/upload', { body: upload });
      expect([status, body.uuid]).toEqual([200, expect.stringMatching(/^[0-9a-f]{8}$/)]);
      const url = body.uploadUrl!;
      expect(new URL(url).pathname).toBe(`/objects/pictures/${sentPictureRef({ owner: 'olga', id: body.uuid! }).key}`);
      const put = (bytes: string) =>
        fetch(url, { method: 'PUT', headers: { 'Content-Type': 'image/jpeg' }, body: bytes });
      expect((await put('one')).status).toBe(200);
      expect((await put('x'.repeat(20_000_001))).status).toBe(400);
      expect((await messages()).length).toBe(1);
      const id = /face-image\/(.+?)\?/.exec(url)![1];
      expect(await ask('POST', '/agree', { body: { ...said, id } })).toEqual({
        status: 200,
        body: { message: 'Item updated successfully' },
      });
      const { items } = await stores().pictures.records('olga');
      expect(items).toMatchObject([
        { language: 'en', agree: true, name: 'Olga', claimedAt: 'now', picture: body.uuid },
      ]);
    });
  });

  it('are not there where the lab has not switched them on', async () => {
    await using other = await apiService();
    for (const path of ['/v1/pictures', '/v1/agreements', '/v1/recipes', '/v1/reviews'])
      expect((await other.call('GET', path)).body).toMatchObject({ code: 'routeUnknown', status: 404 });
    expect((await other.call('GET', '/apis/images/olga')).body).toMatchObject({ code: 'routeUnknown' });
    expect((await other.call('GET', '/v1/config', { as: null })).body).toMatchObject({ gallery: 'off' });
  });
});
