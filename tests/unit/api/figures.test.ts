import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FigureView } from '../../../functions/contract/gallery.ts';
import type { ProblemView } from '../../../functions/contract/problem-view.ts';
import { resultRef } from '../../../functions/core/object-keys.ts';
import { daySeconds } from '../../../functions/core/time.ts';
import { decodePng } from '../../../functions/image/tiff/png-strip.ts';
import { sweepJobs } from '../../../functions/stages/sweep/sweep.ts';
import { type ApiService, apiService, pageOrigin } from '../../support/api-service.ts';
import { jobWithPreview } from '../../support/published.ts';

let api: ApiService;
let id: string;
beforeEach(async () => {
  api = await apiService({ gallery: true });
  id = await jobWithPreview(api);
});
afterEach(() => api[Symbol.asyncDispose]());

type Answer = FigureView & ProblemView;
const usual = { path: 'plate/a.tif', caption: 'Nuclei, day 3', scope: 'lab' };
const publish = (body: object = {}, as = 'olga') =>
  api.call<Answer>('POST', `/v1/jobs/${id}/figures`, { as, body: { ...usual, ...body } });
const change = (card: string, body: object, as = 'olga') =>
  api.call<Answer>('PATCH', `/v1/gallery/${card}`, { as, body });
const hide = (card: string, as = 'olga') => api.call<ProblemView | undefined>('DELETE', `/v1/gallery/${card}`, { as });
const wall = async (query = '', as = 'olga') =>
  (await api.call<{ items: FigureView[] }>('GET', `/v1/gallery${query}`, { as })).body.items;
const codeOf = ({ status, body }: { status: number; body: { code?: string } | undefined }) => [status, body?.code];
const pictures = async () => (await api.ports.objects.list('figures', '')).objects.map(({ key }) => key);
const page = (card: string) => fetch(`${api.url}/gallery/${card}`);
const openPicture = (card: string) => api.call('GET', `/v1/gallery/${card}/picture`, { as: null });

describe('a card', () => {
  it('has its own pictures with a scale bar, the model, the count, its words, and whose it is', async () => {
    const { status, body } = await publish({ by: 'Olga', licence: 'CC-BY-4.0' });
    expect(status).toBe(201);
    const { picture, thumbnail, ...words } = body;
    expect(words).toEqual({
      id: body.id,
      caption: 'Nuclei, day 3',
      by: 'Olga',
      licence: 'CC-BY-4.0',
      scope: 'lab',
      publishedAt: '2026-01-01T00:00:00.000Z',
      model: { name: 'nuclei', version: '1.0.0', sha256: 'cd'.repeat(32) },
      counted: '12 objects',
      barMicrometres: 50,
      url: `${pageOrigin}/gallery/${body.id}`,
      own: true,
      from: { job: id, path: 'plate/a.tif' },
    });
    expect([picture.width, picture.height, thumbnail.width, thumbnail.height]).toEqual([400, 200, 200, 100]);
    for (const each of [picture, thumbnail]) {
      const bytes = Buffer.from(await (await fetch(each.request.url)).arrayBuffer());
      expect(bytes.length).toBe(each.bytes);
      const data = new Uint8Array(3 * each.width * each.height);
      decodePng(bytes, data);
      expect(new Set(data)).toEqual(new Set([90, 22, 255])); // the preview, the ground of the bar, the bar
    }
  });

  it('has no scale bar where none is wanted, and names its author as the scope allows', async () => {
    expect((await publish({ scaleBar: false })).body.barMicrometres).toBeUndefined();
    expect((await publish()).body.by).toBe('olga@lab.example');
    expect((await publish({ by: null })).body.by).toBeUndefined();
    expect((await publish({ scope: 'public' })).body.by).toBeUndefined(); // an address is for the lab
  });

  it('is on the wall of the lab, newest first, for everybody who may sign in, and does not tell others its job', async () => {
    const first = (await publish()).body;
    api.clock.advance(1);
    const second = (await publish({ caption: 'second' })).body;
    expect((await wall('', 'omar')).map((card) => [card.id, card.own, card.from])).toEqual([
      [second.id, false, undefined],
      [first.id, false, undefined],
    ]);
    const { body } = await api.call<{ items: FigureView[]; cursor: string }>('GET', '/v1/gallery?limit=1');
    expect(body.items.map((card) => card.id)).toEqual([second.id]);
    expect((await wall(`?limit=1&cursor=${body.cursor}`)).map((card) => card.id)).toEqual([first.id]);
    expect(await wall('?scope=public')).toEqual([]);
    expect((await api.call<FigureView>('GET', `/v1/gallery/${first.id}`, { as: 'pia' })).body.caption).toBe(
      first.caption,
    );
  });

  it('stays when its job is deleted', async () => {
    const { id: card } = (await publish()).body;
    expect((await api.call('DELETE', `/v1/jobs/${id}`)).status).toBe(204);
    const [left] = await wall();
    expect(left!.id).toBe(card);
    expect((await fetch(left!.picture.request.url)).status).toBe(200);
  });

  it('is made once of a request that is repeated with its key', async () => {
    const send = () =>
      api.call<FigureView>('POST', `/v1/jobs/${id}/figures`, { body: usual, headers: { 'Idempotency-Key': 'k' } });
    expect((await send()).body.id).toBe((await send()).body.id);
    expect(await wall()).toHaveLength(1);
  });

  it.each([
    ['an image that is not in the job', { path: 'none.tif' }, [404, 'fileMissing']],
    ['an image that failed', { path: 'b.tif' }, [409, 'noResults']],
    ['an end in the past', { until: '2025-12-31T00:00:00Z' }, [422, 'figureRefused']],
    ['a public end too far ahead', { scope: 'public', until: '2027-02-01T00:00:00Z' }, [422, 'figureRefused']],
    ['no caption', { caption: '' }, [400, 'requestInvalid']],
    ['a licence that is none', { licence: 'mine' }, [400, 'requestInvalid']],
    ['another scope', { scope: 'world' }, [400, 'requestInvalid']],
  ])('is not made of %s', async (_, body, answer) => {
    expect(codeOf(await publish(body))).toEqual(answer);
    expect([await wall(), await pictures()]).toEqual([[], []]);
  });

  it('is not made while there is no preview', async () => {
    await api.ports.objects.remove(resultRef({ owner: 'olga', id }, 'plate/a.tif', 'preview.png'));
    expect(codeOf(await publish())).toEqual([409, 'resultsMissing']);
    expect([await wall(), await pictures()]).toEqual([[], []]);
  });

  it('is published by the owner of the job only', async () => {
    await api.call('POST', `/v1/jobs/${id}/shares`, { body: { email: 'omar@lab.example' } });
    expect(codeOf(await publish({}, 'omar'))).toEqual([403, 'jobReadOnly']);
    expect(codeOf(await publish({}, 'pia'))).toEqual([404, 'jobMissing']);
  });
});

describe('a card is changed', () => {
  it('by who published it: words, who sees it and until when; what is absent stays, null goes', async () => {
    const { id: card } = (await publish({ by: 'Olga', licence: 'CC0-1.0' })).body;
    const { body } = await change(card, { caption: 'other', licence: null });
    expect([body.caption, body.by, body.licence, body.until]).toEqual(['other', 'Olga', undefined, undefined]);
    const open = (await change(card, { scope: 'public' })).body;
    expect([open.scope, open.until]).toEqual(['public', '2026-01-31T00:00:00.000Z']);
    const longer = (await change(card, { until: '2026-06-01T00:00:00Z' })).body;
    expect([longer.scope, longer.until]).toEqual(['public', '2026-06-01T00:00:00.000Z']);
    const back = (await change(card, { scope: 'lab', until: null })).body;
    expect([back.scope, back.until]).toEqual(['lab', undefined]);
    expect(codeOf(await change(card, { until: '2025-01-01T00:00:00Z' }))).toEqual([422, 'figureRefused']);
  });

  it('by nobody else, not even an administrator', async () => {
    const { id: card } = (await publish()).body;
    for (const as of ['omar', 'ada'])
      expect(codeOf(await change(card, { scope: 'public' }, as))).toEqual([403, 'figureOfOthers']);
    expect(codeOf(await change('never-was', { scope: 'public' }))).toEqual([404, 'figureMissing']);
  });
});

it('is not looked for under an address that no card has', async () => {
  const long = 'a'.repeat(2000);
  expect(codeOf((await api.call('GET', `/v1/gallery/${long}`)) as never)).toEqual([404, 'figureMissing']);
  expect(codeOf((await openPicture(long)) as never)).toEqual([404, 'figureMissing']);
  expect((await page(long)).status).toBe(404);
});

describe('a card is hidden', () => {
  it.each(['olga', 'ada'])('by %s, with its pictures, and the links to them', async (as) => {
    const card = (await publish({ scope: 'public' })).body;
    expect((await hide(card.id, as)).status).toBe(204);
    expect([await wall(), await wall('?scope=public'), await pictures()]).toEqual([[], [], []]);
    expect((await fetch(card.picture.request.url)).status).toBe(404);
    expect((await page(card.id)).status).toBe(404);
    expect(codeOf(await hide(card.id, as))).toEqual([404, 'figureMissing']);
  });

  it('by nobody else', async () => {
    const card = (await publish()).body;
    expect(codeOf(await hide(card.id, 'omar'))).toEqual([403, 'figureOfOthers']);
    expect(await pictures()).toHaveLength(2);
  });
});

describe('a public card', () => {
  it('has a page without script whose picture chats show', async () => {
    const card = (await publish({ scope: 'public', caption: 'Nuclei <b>"day" 3</b>\nmore', by: 'Olga & Omar' })).body;
    const answer = await page(card.id);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = answer.headers.get('content-security-policy')!;
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]+'; img-src http:\/\/127\.0\.0\.1:\d+; base-uri/,
    );
    const html = await answer.text();
    expect(html).not.toMatch(/<script|<b>/);
    const tags = Object.fromEntries(
      [...html.matchAll(/<meta property="(og:[\w:]+)" content="([^"]*)">/g)].map(([, name, content]) => [
        name,
        content,
      ]),
    );
    expect(tags).toEqual({
      'og:type': 'article',
      'og:site_name': 'labdeploy',
      'og:title': 'Nuclei &lt;b&gt;&quot;day&quot; 3&lt;/b&gt;',
      'og:description': '12 objects · segmented with nuclei 1.0.0 · Olga &amp; Omar · all rights reserved',
      'og:url': `${pageOrigin}/gallery/${card.id}`,
      'og:image': `${pageOrigin}/v1/gallery/${card.id}/picture`,
      'og:image:type': 'image/png',
      'og:image:width': '400',
      'og:image:height': '200',
      'og:image:alt': 'Nuclei &lt;b&gt;&quot;day&quot; 3&lt;/b&gt;',
    });
    const picture = await openPicture(card.id);
    expect(picture.status).toBe(302);
    const bytes = await (await fetch(picture.headers.get('location')!)).arrayBuffer();
    expect(bytes.byteLength).toBe(card.picture.bytes);
  });

  it('is on the list of all that is public', async () => {
    await publish();
    const card = (await publish({ scope: 'public' })).body;
    expect((await wall('?scope=public', 'ada')).map((each) => each.id)).toEqual([card.id]);
  });

  it('is as missing for strangers as none, when it is of the lab again', async () => {
    const card = (await publish({ scope: 'public' })).body;
    await change(card.id, { scope: 'lab' });
    expect(codeOf((await openPicture(card.id)) as never)).toEqual([404, 'figureMissing']);
    const [hidden, never] = await Promise.all([page(card.id), page('never-was')]);
    expect([hidden.status, never.status]).toEqual([404, 404]);
    expect((await hidden.text()).replaceAll(card.id, 'CARD')).toBe(
      (await never.text()).replaceAll('never-was', 'CARD'),
    );
  });

  it('ends with its time, and then loses its pictures', async () => {
    const card = (await publish({ scope: 'public' })).body;
    const stays = (await publish()).body;
    api.clock.advance(30 * daySeconds);
    expect((await page(card.id)).status).toBe(404);
    expect((await openPicture(card.id)).status).toBe(404);
    expect((await wall()).map((each) => each.id)).toEqual([stays.id]);
    expect(await pictures()).toHaveLength(4);
    const all = { ...api.ports, figures: api.ports.figures! };
    expect((await sweepJobs(all)).figures).toBe(0); // an hour more
    api.clock.advance(3601);
    expect((await sweepJobs(all)).figures).toBe(1);
    expect(await pictures()).toEqual(['picture.png', 'thumbnail.png'].map((part) => `${stays.id}/${part}`));
  });
});

describe('a card whose making is cut off', () => {
  it('is seen by nobody, and goes with what was stored of it', async () => {
    const { objects } = api.ports;
    const put = objects.put.bind(objects);
    objects.put = async (ref, ...rest) => {
      if (ref.key.endsWith('thumbnail.png')) throw new Error('the process ended');
      return put(ref, ...rest);
    };
    expect((await publish()).status).toBe(500);
    objects.put = put;
    expect(await wall()).toEqual([]);
    expect(await pictures()).toHaveLength(1);
    api.clock.advance(3601);
    await sweepJobs(api.ports);
    expect(await pictures()).toEqual([]);
    expect(await api.ports.figures!.byOwner('olga')).toEqual({ items: [] });
  });
});

describe('where the gallery is off', () => {
  it('no route of it answers, and the configuration says so', async () => {
    await using off = await apiService();
    const job = await jobWithPreview(off);
    const calls = [
      ['GET', '/v1/gallery'],
      ['GET', '/v1/gallery/card-0001'],
      ['GET', '/v1/gallery/card-0001/picture'],
      ['GET', '/gallery/card-0001'],
      ['POST', `/v1/jobs/${job}/figures`],
    ] as const;
    for (const [method, path] of calls)
      expect(codeOf((await off.call(method, path)) as never)).toEqual([404, 'routeUnknown']);
    expect((await off.call('GET', '/v1/config')).body).toMatchObject({ gallery: 'off' });
    expect((await api.call('GET', '/v1/config')).body).toMatchObject({ gallery: 'figures' });
  });
});
