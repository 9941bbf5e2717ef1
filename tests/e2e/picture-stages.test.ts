import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Failure } from '../../functions/core/errors.ts';
import { resultPictureRef, sentPictureRef, stepRef, uprightRef } from '../../functions/core/pictures/keys.ts';
import { readBytes } from '../../functions/object-streams/read-object.ts';
import { encodeJpeg } from '../../functions/photographs/encode-jpeg.ts';
import { readPicture } from '../../functions/photographs/read-picture.ts';
import { workOnPicture } from '../../functions/stages/pictures/work.ts';
import { tidyPictures } from '../../functions/stages/tidy-pictures/tidy.ts';
import { decision, newVersion } from '../contract/pictures.ts';
import { coloursOf, phoneJpeg, quarters } from '../support/photographs.ts';
import { type PictureWorld, pictureWorld } from '../support/picture-world.ts';

const ref = { owner: 'olga', id: 'p1' };
const faces = `
name: faces
consent: [process]
region: { detector: face, choose: largest, padding: 0.5 }
transform: [{ mosaic: 1 }]
complete: { show: owner, review: true, keepMinutes: 30 }
`;
const swapped = `
name: swapped
consent: [process]
region: { detector: whole }
transform: [{ container: turn }]
complete: { show: owner, deleteOriginal: false }
`;

describe('a picture', () => {
  let world: PictureWorld;
  let sent: Buffer;
  const open = async (options: Parameters<typeof pictureWorld>[0] = {}) => {
    world[Symbol.dispose]();
    world = pictureWorld(options);
    await world.people.agreements.publish(newVersion());
  };
  const agree = (more: Parameters<typeof decision>[0] = {}) => world.people.pictures.decide(decision(more));
  const state = async () => (await world.people.pictures.get(ref))?.state;
  /** Handles one message. */
  const step = async () => {
    const [message] = await world.queue.receive('pictures', { max: 1, visibilitySeconds: 60 });
    await workOnPicture(message!.body, world.services);
    await world.queue.acknowledge('pictures', [message!.receipt]);
  };
  const results = async () => (await world.work()).map(({ kind, result }) => `${kind}: ${JSON.stringify(result)}`);

  beforeEach(async () => {
    sent = await phoneJpeg(quarters(240, 120), { orientation: 6 });
    world = pictureWorld();
    await world.people.agreements.publish(newVersion());
  });
  afterEach(() => world[Symbol.dispose]());

  it('of a person who agreed goes through all stages by the arrival of its objects', async () => {
    await agree();
    await world.send(ref, sent);
    expect(await results()).toEqual(['crop: "cropped"', 'swap: "swapped"', 'complete: "shown"']);
    expect(await world.keys()).toEqual([resultPictureRef(ref).key]);
    expect((await world.people.pictures.person('olga')).display).toMatchObject({ id: 'p1' });
    const shown = await readPicture(await readBytes(world.objects, resultPictureRef(ref)));
    expect([shown.width, shown.height]).toEqual([120, 240]);
    expect(coloursOf(shown)).toEqual(['blue', 'red', 'grey', 'green']);
  });

  it('is held until its owner agrees, in either order of calls, and then runs once', async () => {
    await world.send(ref, sent);
    expect(await results()).toEqual(['crop: "held"']);
    expect(await world.keys()).toEqual([sentPictureRef(ref).key]);
    await agree();
    for (let i = 0; i < 2; i++) await world.queue.send('pictures', [{ kind: 'crop', ...ref }]);
    await results();
    expect(await state()).toBe('shown');
    expect((await world.people.pictures.history('olga')).items).toHaveLength(1);
  });

  it('whose message came twice is not failed by the slower run, which finds that what was sent is gone', async () => {
    await agree();
    await world.send(ref, sent);
    const crop = { kind: 'crop', ...ref } as const;
    let faster: unknown;
    const head: typeof world.objects.head = async (asked) => {
      if (faster === undefined) faster = (await workOnPicture(crop, world.services)).result;
      return world.objects.head(asked);
    };
    const slower = await workOnPicture(crop, { ...world.services, objects: { ...world.objects, head } });
    expect([faster, slower.result]).toEqual(['cropped', 'left']);
    expect(await state()).toBe('swapping');
    expect(await results()).toEqual(['crop: "cropped"', 'swap: "swapped"', 'complete: "shown"']);
  });

  it('waits for a review where its recipe asks for one, and gets the regions of the person who looked', async () => {
    const found = [
      { x: 2, y: 2, width: 4, height: 4, score: 0.9 },
      { x: 10, y: 20, width: 8, height: 16, score: 0.5 },
    ];
    await open({ recipes: [faces], findFaces: async () => found });
    await agree();
    await world.send(ref, sent);
    expect(await results()).toEqual(['crop: "cropped"', 'swap: "waits"']);
    const picture = (await world.people.pictures.get(ref))!;
    expect(picture).toMatchObject({ state: 'reviewing', size: { width: 120, height: 240 } });
    expect(picture.regions).toEqual([{ x: 6, y: 12, width: 16, height: 32, score: 0.5 }]);
    expect((await world.people.pictures.person('olga')).display).toBeUndefined();
    await world.people.pictures.take(ref, {
      do: 'reviewed',
      by: 'admin',
      regions: [{ x: 0, y: 0, width: 120, height: 120 }],
    });
    await world.queue.send('pictures', [{ kind: 'swap', ...ref }]);
    expect(await results()).toEqual(['swap: "swapped"', 'complete: "shown"']);
    const shown = await readPicture(await readBytes(world.objects, resultPictureRef(ref)));
    expect(coloursOf(shown).slice(2)).toEqual(['grey', 'green']);
    expect(new Set(coloursOf(shown).slice(0, 2)).size).toBe(1);
  });

  it('that a review keeps back leaves no object', async () => {
    await open({ recipes: [faces], findFaces: async () => [{ x: 2, y: 2, width: 4, height: 4 }] });
    await agree();
    await world.send(ref, sent);
    await results();
    const failure = { code: 'pictureKeptBack', message: 'not shown' };
    await world.people.pictures.take(ref, { do: 'fail', failure });
    await world.queue.send('pictures', [{ kind: 'swap', ...ref }]);
    expect(await results()).toEqual(['swap: "left"']);
    expect(await world.keys()).toEqual([]);
    expect(await world.people.pictures.get(ref)).toMatchObject({ state: 'failed', failure });
  });

  it('without a face fails with words, and leaves nothing', async () => {
    await open({ recipes: [faces] });
    await agree();
    await world.send(ref, sent);
    expect(await results()).toEqual(['crop: "failed"']);
    expect(await world.people.pictures.get(ref)).toMatchObject({
      state: 'failed',
      failure: { code: 'pictureNoFace', message: expect.stringContaining('no face was found') },
    });
    expect(await world.keys()).toEqual([]);
  });

  it('that is too large, or none, fails before it is read whole', async () => {
    await agree();
    await world.send(ref, Buffer.alloc(20_000_001));
    expect(await results()).toEqual(['crop: "failed"']);
    expect((await world.people.pictures.get(ref))?.failure?.code).toBe('pictureTooLarge');
    await world.send({ ...ref, id: 'p2' }, Buffer.from('hello, this is a text'));
    await results();
    expect((await world.people.pictures.get({ ...ref, id: 'p2' }))?.failure?.code).toBe('pictureNotImage');
    expect(await world.keys()).toEqual([]);
  });

  it('goes through a container, which is given its source and stores what it made', async () => {
    const asked: string[] = [];
    await open({
      recipes: [swapped],
      async runContainer(name, { source, output, target }) {
        asked.push(`${name} ${source.key} ${target?.key} ${output.key}`);
        await world.objects.put(output, await encodeJpeg(quarters(120, 120)));
      },
    });
    await agree();
    await world.send(ref, sent);
    expect(await results()).toEqual(['crop: "cropped"', 'swap: "swapped"', 'complete: "shown"']);
    expect(asked).toEqual(['turn steps/olga/p1/0-source.jpg undefined steps/olga/p1/0-output.jpg']);
    expect(await world.keys()).toEqual([sentPictureRef(ref).key, resultPictureRef(ref).key]);
    expect((await readPicture(await readBytes(world.objects, resultPictureRef(ref)))).width).toBe(120);
  });

  it('fails where a container refuses it or stores nothing, and comes again where it is in trouble', async () => {
    const answers = [new Error('no answer'), new Failure('pictureNotTransformed', { detail: 'two faces' }), undefined];
    await open({
      recipes: [swapped],
      async runContainer() {
        const answer = answers.shift();
        if (answer !== undefined) throw answer;
      },
    });
    await agree();
    await world.send(ref, sent);
    await expect(world.work()).rejects.toThrow('no answer');
    world.clock.advance(61);
    expect(await results()).toEqual(['swap: "failed"']);
    expect((await world.people.pictures.get(ref))?.failure?.message).toContain('two faces');
    await world.send({ ...ref, id: 'p2' }, sent);
    await results();
    expect((await world.people.pictures.get({ ...ref, id: 'p2' }))?.failure?.message).toContain('stored no picture');
  });

  it('that is withdrawn at any step leaves no object and no row', async () => {
    await agree();
    for (const steps of [0, 1, 2, 3]) {
      await world.people.pictures.decide(decision());
      await world.send(ref, sent);
      for (let i = 0; i < steps; i++) await step();
      await agree({ agree: false });
      expect((await world.people.pictures.person('olga')).display).toBeUndefined();
      await world.queue.send('pictures', [{ kind: 'withdraw', owner: 'olga' }]);
      await results();
      expect({ steps, keys: await world.keys(), row: await world.people.pictures.get(ref) }).toEqual({
        ...{ steps, keys: [], row: undefined },
      });
    }
  });

  it('that is withdrawn goes at any step, also where its owner agrees again before that is begun', async () => {
    for (const steps of [0, 1, 2, 3]) {
      await open();
      await agree();
      await world.send(ref, sent);
      for (let i = 0; i < steps; i++) await step();
      await agree({ agree: false });
      await agree();
      const late = { owner: 'olga', id: 'p2' };
      await world.send(late, sent);
      await world.queue.send('pictures', [{ kind: 'withdraw', owner: 'olga' }]);
      await world.work();
      expect([steps, await world.people.pictures.get(ref)]).toEqual([steps, undefined]);
      expect(await world.keys()).toEqual([resultPictureRef(late).key]); // what was sent since is nobody's withdrawal
    }
  });

  it('that is withdrawn while its faces are sought leaves no object, also before the withdrawal goes on', async () => {
    await open({
      recipes: [faces],
      async findFaces() {
        await agree({ agree: false });
        await world.people.pictures.take(ref, { do: 'withdraw', why: 'withdrawn', by: 'owner' });
        return [{ x: 2, y: 2, width: 4, height: 4 }];
      },
    });
    await agree();
    await world.send(ref, sent);
    expect(await results()).toEqual(['crop: "left"']);
    expect(await world.keys()).toEqual([]);
  });

  it('that is withdrawn, and removed, while a container works on it leaves nothing of what that stores', async () => {
    await open({
      recipes: [swapped],
      async runContainer(_, { output }) {
        await agree({ agree: false });
        await workOnPicture({ kind: 'withdraw', owner: 'olga' }, world.services);
        await world.objects.put(output, await encodeJpeg(quarters(120, 120)));
      },
    });
    await agree();
    await world.send(ref, sent);
    expect(await results()).toEqual(['crop: "cropped"', 'swap: "left"']);
    expect([await world.keys(), await world.people.pictures.get(ref)]).toEqual([[], undefined]);
  });

  it('that another run has cropped meanwhile keeps its objects', async () => {
    const face = { x: 2, y: 2, width: 4, height: 4 };
    let runs = 0;
    await open({
      recipes: [faces],
      async findFaces() {
        if (++runs === 1) await workOnPicture({ kind: 'crop', ...ref }, world.services);
        return [face];
      },
    });
    await agree();
    await world.send(ref, sent);
    expect(await results()).toEqual(['crop: "left"', 'swap: "waits"']);
    expect(await world.keys()).toEqual([uprightRef(ref).key]);
  });

  it('whose bytes come after it was removed is removed too', async () => {
    await agree();
    await world.send(ref, sent);
    await results();
    await world.queue.send('pictures', [{ kind: 'withdraw', ...ref }]);
    await results();
    await world.objects.put(sentPictureRef(ref), sent);
    await world.objects.put(uprightRef(ref), sent);
    await world.objects.put(resultPictureRef(ref), sent);
    await results();
    expect(await world.keys()).toEqual([]);
  });
});

describe('the round over pictures that are due', () => {
  let world: PictureWorld;
  let sent: Buffer;
  beforeEach(async () => {
    sent = await phoneJpeg(quarters(240, 120));
    world = pictureWorld({
      recipes: [faces.replace('detector: face', 'detector: whole').replace('review: true, ', '')],
    });
    await world.people.agreements.publish(newVersion());
  });
  afterEach(() => world[Symbol.dispose]());
  const get = () => world.people.pictures.get(ref);

  it('deletes what is held for an hour, and begins what was agreed to meanwhile', async () => {
    await world.send(ref, sent);
    await world.send({ ...ref, owner: 'omar' }, sent);
    await world.work();
    await world.people.pictures.decide(decision({ owner: 'omar' })); // and the message that follows is lost
    for (let minutes = 0; minutes <= 60; minutes += 5) {
      world.clock.advance(5 * 60);
      await tidyPictures(world.services);
      await world.work();
    }
    expect(await get()).toMatchObject({ state: 'failed', failure: { code: 'pictureHeldTooLong' } });
    expect((await world.people.pictures.history('omar')).items.map(({ change, why }) => why ?? change)).toEqual([
      ...['expired', 'shown'],
    ]);
    expect(await world.keys()).toEqual([]);
  });

  it('deletes what a container stores after its picture was withdrawn, and leaves what one works on', async () => {
    const late = stepRef(ref, '0-output.jpg');
    await world.objects.put(late, sent);
    const busy = { owner: 'omar', id: 'p2' };
    await world.people.pictures.decide(decision({ owner: 'omar' }));
    await world.send(busy, sent, 'faces');
    await world.people.pictures.take(busy, { do: 'arrive' });
    const found = { size: { width: 4, height: 3 }, regions: [{ x: 1, y: 1, width: 2, height: 2 }] };
    await world.people.pictures.take(busy, { do: 'found', ...found, review: false });
    await world.objects.put(stepRef(busy, '0-output.jpg'), sent);
    await tidyPictures(world.services);
    expect((await world.keys()).filter((key) => key.startsWith('steps/'))).toEqual(['steps/omar/p2/0-output.jpg']);
  });

  it('fails what never came, and takes on what came and was not announced', async () => {
    const add = { ...ref, recipe: 'faces', needs: ['process' as const], labels: {}, show: 'owner' as const };
    await world.people.pictures.add(add);
    await world.send({ ...ref, id: 'p2' }, sent);
    const [lost] = await world.queue.receive('pictures', { max: 1, visibilitySeconds: 60 });
    await world.queue.acknowledge('pictures', [lost!.receipt]);
    await world.people.pictures.decide(decision());
    world.clock.advance(15 * 60);
    expect(await tidyPictures(world.services)).toEqual({ resumed: 1, failed: 1, hidden: 0 });
    await world.work();
    expect(await get()).toMatchObject({ state: 'failed', failure: { code: 'pictureNotSent' } });
    expect(await world.people.pictures.get({ ...ref, id: 'p2' })).toMatchObject({ state: 'shown' });
  });

  it('hides what lapsed thirty days after a material text', async () => {
    world[Symbol.dispose]();
    world = pictureWorld();
    await world.people.agreements.publish(newVersion());
    await world.people.pictures.decide(decision());
    await world.send(ref, sent);
    await world.work();
    await world.people.agreements.publish(newVersion({ material: true }));
    world.clock.advance(29 * 86_400);
    await tidyPictures(world.services);
    expect(await get()).toMatchObject({ state: 'shown' });
    world.clock.advance(2 * 86_400);
    expect(await tidyPictures(world.services)).toEqual({ resumed: 0, failed: 0, hidden: 1 });
    expect(await get()).toMatchObject({ state: 'hidden' });
    expect(await world.keys()).toEqual([]);
  });
});
