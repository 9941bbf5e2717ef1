import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { listAgreements, listRecords, publishAgreement } from '../../../cli/actions/agreements.ts';
import { addBase, listBases, removeBase } from '../../../cli/actions/bases.ts';
import type { CommandContext } from '../../../cli/context.ts';
import { type EventName, events } from '../../../cli/io/events.ts';
import type { AgreementView } from '../../../functions/contract/agreements.ts';
import type { BaseView } from '../../../functions/contract/pictures.ts';
import { baseRef } from '../../../functions/core/pictures/keys.ts';
import { readBytes } from '../../../functions/object-streams/read-object.ts';
import { readRecipe } from '../../../functions/recipes/read-recipe.ts';
import { shippedRecipes } from '../../../functions/recipes/shipped.ts';
import { type ApiService, apiService } from '../../support/api-service.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

/** sha256sum of 'We show your picture.\n'. */
const englishSha256 = 'acf9b968c476e3d1952fd24556176079c7a7e88563cc67ddee44c2465ec8dccd';

let api: ApiService;
let folder: TemporaryFolder;
beforeEach(async () => {
  const recipes = Object.values(shippedRecipes).map((text) => readRecipe(text, 'recipe'));
  api = await apiService({ pictures: { recipes, containers: [], usualRecipe: 'deface' } });
  folder = await temporaryFolder();
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** What the commands say and ask. `answer`: to every question; `as`: a token, which has three parts. */
function context({ answer = true, as = 'root.of.lab' }: { answer?: boolean; as?: string } = {}) {
  const said: { name: EventName; payload: never }[] = [];
  const asked: string[] = [];
  const given = {
    io: { emit: (name: EventName, payload: never) => said.push({ name, payload }) },
    confirm: async (question: string) => {
      asked.push(question);
      return answer;
    },
    ...{ signal: new AbortController().signal, env: { LABDEPLOY_TOKEN: as }, cwd: folder.path },
  };
  const lines = () => said.flatMap(({ name, payload }) => events[name].text(payload).split('\n'));
  return { said, asked, lines, context: given as unknown as CommandContext };
}
const file = (name: string, bytes: string | Uint8Array) => writeFile(join(folder.path, name), bytes);

describe('labdeploy agreements', () => {
  const publish = (files: string[], more: object = {}, given = context()) =>
    publishAgreement(files, { url: api.url, ...more }, given.context);

  beforeEach(async () => {
    await file('photographs.en.md', 'We show your picture.\n');
    await file('photographs.de.md', 'Wir zeigen Ihr Bild.\n');
  });

  it('publishes languages side by side by the names of their files, and lists what stands', async () => {
    const said = context();
    await publish(['photographs.en.md', 'photographs.de.md'], {}, said);
    expect(said.asked).toEqual([]);
    expect(said.lines()).toEqual([
      'photographs version 1 is published (en, de)',
      `  en  sha256 ${englishSha256}`,
      expect.stringMatching(/^ {2}de {2}sha256 [0-9a-f]{64}$/),
    ]);
    const { agreements } = (await shown(listAgreements)) as { agreements: AgreementView[] };
    expect(agreements.map(({ texts }) => texts.map(({ markdown }) => markdown))).toEqual([
      ['We show your picture.\n', 'Wir zeigen Ihr Bild.\n'],
    ]);
    expect(events['agreements.listed'].text({ agreements }).split('\n')).toEqual([
      'agreement    version  published   languages  purpose    you',
      'photographs        1  2026-01-01  en, de     process    not asked yet',
      'photographs        1  2026-01-01  en, de     share-lab  not asked yet',
    ]);
  });

  async function shown(list: typeof listAgreements): Promise<object> {
    const given = context();
    await list({ url: api.url }, given.context);
    return given.said[0]!.payload;
  }

  it('asks before consent to earlier versions lapses', async () => {
    await publish(['photographs.en.md']);
    const no = context({ answer: false });
    await expect(publish(['photographs.en.md'], { material: true }, no)).rejects.toMatchObject({ code: 'declined' });
    expect(no.asked).toEqual([
      "Publish 'photographs' as a material change? What people agreed to before lapses, and they are asked again.",
    ]);
    const yes = context();
    await publish(['photographs.en.md'], { material: true, purpose: ['process'] }, yes);
    expect(yes.lines()[0]).toBe('photographs version 2 is published (en); people are asked again');
    const { agreements } = (await shown(listAgreements)) as { agreements: AgreementView[] };
    expect(agreements.map(({ version, purposes }) => [version, purposes])).toEqual([
      [2, [{ purpose: 'process', standing: 'open' }]],
    ]);
  });

  it('takes files named by their language where --name is given, and refuses what names none or two', async () => {
    await file('en.md', 'By another name.');
    await file('README.md', 'no language');
    await file('other.en.md', 'of another agreement');
    await file('binary.en.md', Uint8Array.of(0xff, 0xfe));
    await file('empty.en.md', ' \n');
    const named = context();
    await publish(['en.md'], { name: 'wall' }, named);
    expect(named.lines()[0]).toBe('wall version 1 is published (en)');
    const refused = { code: 'agreementFile' };
    await expect(publish(['en.md'])).rejects.toMatchObject(refused);
    await expect(publish(['README.md'])).rejects.toMatchObject(refused);
    await expect(publish(['photographs.de.md', 'other.en.md'])).rejects.toMatchObject(refused);
    await expect(publish(['binary.en.md'])).rejects.toMatchObject(refused);
    await expect(publish(['empty.en.md'])).rejects.toMatchObject(refused);
    await expect(publish(['gone.en.md'])).rejects.toMatchObject({ code: 'inputMissing' });
    const { agreements } = (await shown(listAgreements)) as { agreements: AgreementView[] };
    expect(agreements.map(({ agreement }) => agreement)).toEqual(['wall']);
  });

  it('publishes for administrators only, and lists what a person said with the text that they saw', async () => {
    await publish(['photographs.en.md']);
    await expect(publish(['photographs.en.md'], {}, context({ as: 'olga.of.lab' }))).rejects.toMatchObject({
      status: 403,
    });
    const none = context();
    await listRecords({ url: api.url }, none.context);
    expect(none.lines()).toEqual(['you have agreed to nothing']);
    const decision = { agreement: 'photographs', version: 1, sha256: englishSha256 };
    for (const agree of [true, false])
      await api.call('POST', '/v1/agreements', { as: 'root.of.lab', body: { ...decision, agree } });
    const records = context();
    await listRecords({ url: api.url }, records.context);
    expect(records.lines().map((line) => line.split(/ {2,}/))).toEqual([
      ['time', 'said', 'purposes', 'agreement', 'version', 'language', 'sha256 of the text'],
      [expect.any(String), 'withdrawn', 'process, share-lab', 'photographs', '1', 'en', englishSha256],
      [expect.any(String), 'agreed', 'process, share-lab', 'photographs', '1', 'en', englishSha256],
    ]);
  });

  it('says where there are no pictures of people', async () => {
    await using off = await apiService({ gallery: true });
    await expect(listAgreements({ url: off.url }, context().context)).rejects.toMatchObject({ code: 'peopleOff' });
  });
});

describe('labdeploy bases', () => {
  const recipe = 'face-swap';
  const listed = async () => {
    const given = context();
    await listBases({ url: api.url, recipe }, given.context);
    return (given.said[0]!.payload as { bases: BaseView[] }).bases;
  };

  it('sends a base picture with its labels and story, lists it, and removes it after a yes', async () => {
    await file('walk.jpg', 'bytes of a picture');
    const added = context();
    const labels = { theme: 'space', gender: 'w', skin: 'light' };
    await addBase('walk.jpg', { url: api.url, recipe, ...labels, story: 'A walk' }, added.context);
    const [base] = await listed();
    expect(added.lines()).toEqual([`face-swap has the base picture ${base!.id} (theme space, gender w, skin light)`]);
    expect(base).toMatchObject({ labels, story: 'A walk', download: { bytes: 18 } });
    const stored = await readBytes(api.ports.objects, baseRef(recipe, base!.id));
    expect(new TextDecoder().decode(stored)).toBe('bytes of a picture');
    expect(events['bases.listed'].text({ recipe, bases: [base!] }).split('\n')).toEqual([
      'base      added       labels                             file      story',
      `${base!.id}  2026-01-01  theme space, gender w, skin light  is there  A walk`,
    ]);
    const no = context({ answer: false });
    await expect(removeBase(base!.id, { url: api.url, recipe }, no.context)).rejects.toMatchObject({
      code: 'declined',
    });
    expect(await listed()).toHaveLength(1);
    const yes = context();
    await removeBase(base!.id, { url: api.url, recipe }, yes.context);
    expect(yes.asked).toEqual([`Remove the base picture ${base!.id} of face-swap? It is deleted.`]);
    expect(await listed()).toEqual([]);
    expect(await api.ports.objects.head(baseRef(recipe, base!.id))).toBeUndefined();
    await expect(removeBase(base!.id, { url: api.url, recipe }, yes.context)).rejects.toMatchObject({
      code: 'baseUnknown',
    });
  });

  it('takes labels of other recipes as name=value, and refuses what is none, what lacks one and what is not there', async () => {
    await file('walk.png', 'bytes');
    const add = (image: string, more: object) => addBase(image, { url: api.url, recipe, ...more }, context().context);
    await add('walk.png', { label: ['theme=sea', 'gender=m', 'skin=dark=blue'] });
    expect((await listed()).map(({ labels }) => labels)).toEqual([{ theme: 'sea', gender: 'm', skin: 'dark=blue' }]);
    await expect(add('walk.png', { label: ['theme'] })).rejects.toMatchObject({ code: 'usage' });
    await expect(add('walk.png', { theme: 'sea' })).rejects.toMatchObject({
      message: expect.stringContaining("'gender' is missing"),
    });
    await expect(add('gone.png', {})).rejects.toMatchObject({ code: 'inputMissing' });
    expect(await listed()).toHaveLength(1);
    expect(events['bases.listed'].text({ recipe, bases: [] })).toBe('face-swap has no base picture');
  });
});
