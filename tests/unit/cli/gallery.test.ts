import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { hideFigure, listFigures, publishFigure } from '../../../cli/actions/gallery.ts';
import type { CommandContext } from '../../../cli/context.ts';
import { events } from '../../../cli/io/events.ts';
import type { FigureView } from '../../../functions/contract/gallery.ts';
import { type ApiService, apiService, pageOrigin } from '../../support/api-service.ts';
import { jobWithPreview } from '../../support/published.ts';

/** Tokens are names; the command line takes those of three parts for access tokens. */
const ada = 'ada.of.lab';

let api: ApiService;
let job: string;
beforeEach(async () => {
  api = await apiService({ gallery: true });
  job = await jobWithPreview(api, ada);
});
afterEach(() => api[Symbol.asyncDispose]());

/** What the commands say and ask; `answer`: to every question. */
function context(answer = true) {
  const said: { name: string; payload: unknown }[] = [];
  const asked: string[] = [];
  const given = {
    io: { emit: (name: string, payload: unknown) => said.push({ name, payload }) },
    confirm: async (question: string) => {
      asked.push(question);
      return answer;
    },
    ...{ signal: new AbortController().signal, env: { LABDEPLOY_TOKEN: ada } },
  };
  return { said, asked, context: given as unknown as CommandContext };
}
const publish = (given: CommandContext, more: object = {}) =>
  publishFigure(job, 'plate/a.tif', { url: api.url, caption: 'Nuclei', scaleBar: true, ...more }, given);
const listed = async (options: { public?: boolean } = {}) => {
  const { said, context: given } = context();
  await listFigures({ url: api.url, ...options }, given);
  return (said[0]!.payload as { figures: FigureView[] }).figures;
};

it('publishes for the lab without a question, lists it, and hides it after a yes', async () => {
  const { said, asked, context: given } = context();
  await publish(given, { until: '2026-02-01', by: 'Ada', licence: 'CC-BY-4.0' });
  expect(asked).toEqual([]);
  const [card] = await listed();
  expect(card).toMatchObject({
    ...{ caption: 'Nuclei', scope: 'lab', by: 'Ada', licence: 'CC-BY-4.0', barMicrometres: 50 },
    until: '2026-02-01T23:59:59.000Z',
  });
  expect(events['gallery.published'].text(said[0]!.payload as { figure: FigureView })).toBe(
    `${pageOrigin}/gallery/${card!.id}\ncard ${card!.id}, for people of the lab, until 2026-02-01; it stays when the job is deleted`,
  );
  expect(await listed({ public: true })).toEqual([]);
  await hideFigure(card!.id, { url: api.url }, given);
  expect(asked).toEqual(["Take 'Nuclei' away? Its pictures are deleted."]);
  expect(said.at(-1)).toEqual({ name: 'gallery.hidden', payload: { id: card!.id, caption: 'Nuclei' } });
  expect(await listed()).toEqual([]);
});

it('publishes for everybody after a yes only', async () => {
  const no = context(false);
  await expect(publish(no.context, { public: true })).rejects.toMatchObject({ code: 'declined' });
  expect(no.asked).toHaveLength(1);
  expect(await listed()).toEqual([]);
  await publish(context().context, { public: true, scaleBar: false });
  const [card] = await listed({ public: true });
  expect([card!.scope, card!.until, card!.barMicrometres]).toEqual(['public', '2026-01-31T00:00:00.000Z', undefined]);
  await expect(hideFigure(card!.id, { url: api.url }, no.context)).rejects.toMatchObject({ code: 'declined' });
  expect(await listed()).toHaveLength(1);
});

it('says which day it cannot read, and that there is no gallery', async () => {
  await expect(publish(context().context, { until: 'soon' })).rejects.toMatchObject({ code: 'usage' });
  await using off = await apiService();
  await expect(listFigures({ url: off.url }, context().context)).rejects.toMatchObject({ code: 'galleryOff' });
});

it('lists cards as a table, and says that there is none', async () => {
  await publish(context().context, { caption: 'first line\nsecond', by: 'Ada' });
  const figures = await listed();
  expect(events['gallery.listed'].text({ figures }).split('\n')).toEqual([
    `card${' '.repeat(figures[0]!.id.length - 4)}  published   seen by  until  author  caption`,
    `${figures[0]!.id}  2026-01-01  the lab  stays  Ada     first line`,
  ]);
  expect(events['gallery.listed'].text({ figures: [] })).toBe('there is no card in the gallery');
});
