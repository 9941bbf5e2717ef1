import { describe, expect, it } from '@jest/globals';
import type { Plane } from '../../../functions/image/image.ts';
import { chooseScale, factorFor, scaleNote } from '../../../functions/stages/predict/scale.ts';
import { dottedEngine } from '../../support/dotted-engine.ts';

const made = { diameter: 30, narrowest: 20, widest: 40, enlarged: 2.5 };
const size = { height: 80, width: 80 };
const unseen = async (): Promise<Plane[]> => {
  throw new Error('nobody was to look');
};

/** Finds, in each plane, objects of these areas by the plane's height; remembers what it was shown. */
function findingEngine(areas: Record<number, number[]>) {
  const seen: number[] = [];
  const engine = {
    ...dottedEngine((value) => value),
    async segment({ height, width }: Plane) {
      seen.push(height);
      const found = areas[height] ?? [];
      const labels = new Uint32Array(height * width);
      const at = Float64Array.from(found, (_, i) => (i === 0 ? height - 1 : 1));
      const measurements = { area_px: Float64Array.from(found), centroid_y_px: at, centroid_x_px: at };
      return { count: found.length, labels, measurements, preview: Buffer.of() };
    },
  };
  return { engine, seen };
}
const disc = (diameter: number) => (Math.PI * diameter * diameter) / 4;
const plane: Plane = { height: 80, width: 80, samples: 1, type: 'uint16', data: new Uint16Array(6400) };
const look = async () => [plane];

describe('the scale of an image', () => {
  it.each([
    [20, 1],
    [40, 1],
    [41, 1.05],
    [50, 1.55],
    [60, 2],
    [120, 4],
    [9_000, 16],
  ])('reduces objects of %d px by %d', (diameter, factor) => {
    expect(factorFor(diameter, made)).toBe(factor);
  });

  it.each([
    [19.5, 1.05],
    [17, 1.4],
    [15, 1.8],
    [14, 2.05],
    [13, 2.3],
    [6, 2.5],
  ])('enlarges objects of %d px %d times', (diameter, times) => {
    expect(1 / factorFor(diameter, made)).toBeCloseTo(times, 12);
  });

  it('has nearly equal factors for nearly equal diameters, and none that crosses another', () => {
    const diameters = Array.from({ length: 2_000 }, (_, i) => 5 * 1.0025 ** i);
    const factors = diameters.map((diameter) => factorFor(diameter, made));
    const steps = factors.slice(1).map((factor, i) => factor / factors[i]!);
    expect(Math.min(...steps)).toBe(1);
    expect(Math.max(...steps)).toBeLessThan(1.06);
  });

  it('reduces alone where the model does not say that narrow objects are enlarged', () => {
    expect([factorFor(3, { diameter: 30, widest: 40 }), factorFor(80, { diameter: 30, widest: 40 })]).toEqual([
      1, 2.65,
    ]);
  });

  it('enlarges no plane beyond 16 megapixels, and says what that costs', async () => {
    const clues = { diameter: 14, pixelSize: undefined, look: unseen };
    const { engine } = findingEngine({});
    const wide = await chooseScale(made, { ...clues, size: { height: 2048, width: 4096 } }, engine);
    expect(wide).toEqual({ factor: 1 / 1.4, diameterPx: 14, from: 'option', isLimited: true });
    const wider = await chooseScale(made, { ...clues, size: { height: 5000, width: 4096 } }, engine);
    expect(wider).toEqual({ factor: 1, diameterPx: 14, from: 'option', isLimited: true });
    const small = await chooseScale(made, { ...clues, size: { height: 1900, width: 1900 } }, engine);
    expect([wide, wider, small].map(scaleNote)).toEqual([
      'objects about 14 px wide (as given): planes too large to be enlarged enough for the model (enlarged only 1.4 times): objects may be missed or joined',
      'objects about 14 px wide (as given): planes too large to be enlarged enough for the model (not enlarged): objects may be missed or joined',
      'objects about 14 px wide (as given): planes enlarged 2.05 times for the model',
    ]);
    expect(scaleNote(await chooseScale(made, { ...clues, diameter: 90, size }, engine))).toBeUndefined();
  });

  it('leaves planes as they are where the model says nothing of diameters, and refuses one that is given', async () => {
    const clues = { pixelSize: undefined, size, look: unseen };
    const { engine } = findingEngine({});
    expect(await chooseScale(undefined, { ...clues, diameter: undefined }, engine)).toEqual({
      factor: 1,
      from: 'model',
    });
    await expect(chooseScale(undefined, { ...clues, diameter: 80 }, engine)).rejects.toMatchObject({
      code: 'modelUnscaled',
    });
  });

  it('goes by the diameter that is given, without a look', async () => {
    const clues = { diameter: 95, pixelSize: { x: 1, y: 1 }, size, look: unseen };
    expect(await chooseScale(made, clues, findingEngine({}).engine)).toEqual({
      factor: 3.15,
      diameterPx: 95,
      from: 'option',
    });
  });

  it('is the factor that is given, whatever the model says, without a look', async () => {
    const clues = { diameter: undefined, factor: 4, pixelSize: { x: 1, y: 1 }, size, look: unseen };
    const { engine } = findingEngine({});
    expect(await chooseScale(made, clues, engine)).toEqual({ factor: 4, from: 'option' });
    expect(await chooseScale(undefined, clues, engine)).toEqual({ factor: 4, from: 'option' });
  });

  it('needs no look where the pixel size makes usual objects too narrow to be wide, and narrow ones are not enlarged', async () => {
    const clues = { diameter: undefined, pixelSize: { x: 0.5, y: 0.5 }, size, look: unseen };
    const reducing = { diameter: 30, widest: 40, micrometres: 10 };
    expect(await chooseScale(reducing, clues, findingEngine({}).engine)).toEqual({ factor: 1, from: 'pixel size' });
  });

  it.each([
    ['narrow', 1, [80], { isPartlySought: true }],
    ['either', 0.4, [20, 80], {}],
    ['wide', 0.1, [20], { isPartlySought: true }],
  ])('looks only for what the pixel size leaves possible: %s', async (_what, micrometres, shown, part) => {
    const { engine, seen } = findingEngine({ 20: [disc(7)], 80: [disc(28)] });
    const clues = { diameter: undefined, pixelSize: { x: micrometres, y: micrometres }, size, look };
    expect(await chooseScale({ ...made, micrometres: 10 }, clues, engine)).toEqual({
      ...{ factor: 1, from: 'estimate' },
      ...part,
    });
    expect(seen).toEqual(shown);
  });

  it('looks at twice the resolution too where objects are narrow as they are, and goes by that', async () => {
    const { engine, seen } = findingEngine({
      80: [disc(18)],
      160: [disc(30), disc(30), ...Array<number>(50).fill(20)],
    });
    const clues = { diameter: undefined, pixelSize: undefined, size, look };
    const { diameterPx, factor, from } = await chooseScale(made, clues, engine);
    expect(diameterPx).toBeCloseTo(15, 6);
    expect([(1 / factor).toFixed(9), from, seen]).toEqual(['1.800000000', 'estimate', [20, 80, 160]]);
  });

  it('looks for narrow objects in the middle, 384 and 256 px of it, where it found none before', async () => {
    const { engine, seen } = findingEngine({ 384: [disc(8)], 512: [disc(14)] });
    const large = async () => [{ ...plane, height: 1000, width: 900, data: new Uint16Array(900_000) }];
    const { diameterPx } = await chooseScale(
      made,
      { diameter: undefined, pixelSize: undefined, size, look: large },
      engine,
    );
    expect(diameterPx).toBeCloseTo(7, 6);
    expect(seen).toEqual([250, 384, 512]);
  });

  it('looks at a half too where a quarter shows wide objects, and goes by that', async () => {
    // Half of the area is in the two large ones: a hundred specks do not count.
    const { engine, seen } = findingEngine({
      20: [disc(25), disc(25)],
      40: [disc(45), disc(45), ...Array<number>(100).fill(20)],
    });
    const clues = { diameter: undefined, pixelSize: { x: 0.1, y: 0.1 }, size, look };
    const { diameterPx, ...scale } = await chooseScale({ ...made, micrometres: 10 }, clues, engine);
    expect(diameterPx).toBeCloseTo(90, 6);
    expect([scale, seen]).toEqual([{ factor: 3, from: 'estimate', isPartlySought: true }, [20, 40]]);
  });

  it.each([
    [
      'narrow ones in clusters, where they are a third of that as they are',
      { 80: [disc(28)] },
      undefined,
      [20, 40, 80],
    ],
    ['narrow ones in clusters, that are enlarged', { 80: [disc(10)], 160: [disc(30)] }, 15, [20, 40, 80, 160]],
    ['wide, where they are half of that as they are', { 80: [disc(45)] }, 90, [20, 40, 80]],
    ['wide, where nothing is found as they are', {}, 90, [20, 40, 80]],
  ])('takes objects that are wide at a half for %s', async (_what, areas, expected, shown) => {
    const { engine, seen } = findingEngine({ 20: [disc(25)], 40: [disc(45)], ...areas });
    const clues = { diameter: undefined, pixelSize: undefined, size, look };
    const { diameterPx } = await chooseScale(made, clues, engine);
    expect([diameterPx && Math.round(diameterPx), seen]).toEqual([expected, shown]);
  });

  it('takes the second look at 1024 px around the median object of the first', async () => {
    const height = 3000;
    const data = Uint16Array.from({ length: height * height }, (_, i) => Math.floor(i / height));
    const { engine, seen } = findingEngine({ 750: [disc(20)], 512: [disc(40)] });
    const means: number[] = [];
    const watched = {
      ...engine,
      predict: async (planes: readonly Plane[]) => {
        means.push(Number(planes[0]!.data[0]), Number(planes[0]!.data.at(-1)));
        return engine.predict(planes);
      },
    };
    const large = async () => [{ ...plane, height, width: height, data }];
    const clues = { diameter: undefined, pixelSize: { x: 0.1, y: 0.1 }, size, look: large };
    const { diameterPx } = await chooseScale({ ...made, micrometres: 10 }, clues, watched);
    expect(diameterPx).toBeCloseTo(80, 6);
    expect(seen).toEqual([750, 512]);
    expect(means).toEqual([1.5, 2997.5, 1976.5, 2998.5]); // rows 1976 to 2999, as the object is at the lower right
  });

  it.each([
    ['nothing', {}, [20, 80]],
    ['objects at a quarter that are not wide', { 20: [disc(7)], 80: [disc(26)] }, [20, 80]],
    ['objects at a half that are not wide', { 20: [disc(11)], 40: [disc(18)], 80: [disc(36)] }, [20, 40, 80]],
    ['narrow objects that are not narrow at twice the resolution', { 80: [disc(19)], 160: [disc(41)] }, [20, 80, 160]],
    ['nothing at twice the resolution', { 80: [disc(9)] }, [20, 80, 160]],
  ])('leaves planes as they are where it sees %s', async (_what, areas, shown) => {
    const { engine, seen } = findingEngine(areas as Record<number, number[]>);
    const clues = { diameter: undefined, pixelSize: undefined, size, look };
    expect(await chooseScale(made, clues, engine)).toEqual({ factor: 1, from: 'estimate' });
    expect(seen).toEqual(shown);
  });
});
