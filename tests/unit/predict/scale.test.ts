import { describe, expect, it } from '@jest/globals';
import type { Plane } from '../../../functions/image/image.ts';
import { chooseScale, factorFor } from '../../../functions/stages/predict/scale.ts';
import { dottedEngine } from '../../support/dotted-engine.ts';

const made = { diameter: 30, widest: 60 };
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
    [12, 1],
    [60, 1],
    [61, 2],
    [74, 2],
    [76, 3],
    [120, 4],
    [9_000, 16],
  ])('reduces objects of %d px by %d', (diameter, factor) => {
    expect(factorFor(diameter, made)).toBe(factor);
  });

  it('leaves planes as they are where the model says nothing of diameters, and refuses one that is given', async () => {
    const clues = { pixelSize: undefined, look: unseen };
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
    const clues = { diameter: 95, pixelSize: { x: 1, y: 1 }, look: unseen };
    expect(await chooseScale(made, clues, findingEngine({}).engine)).toEqual({
      factor: 3,
      diameterPx: 95,
      from: 'option',
    });
  });

  it('is the factor that is given, whatever the model says, without a look', async () => {
    const clues = { diameter: undefined, factor: 4, pixelSize: { x: 1, y: 1 }, look: unseen };
    const { engine } = findingEngine({});
    expect(await chooseScale(made, clues, engine)).toEqual({ factor: 4, from: 'option' });
    expect(await chooseScale(undefined, clues, engine)).toEqual({ factor: 4, from: 'option' });
  });

  it('needs no look where the pixel size makes usual objects narrow', async () => {
    const clues = { diameter: undefined, pixelSize: { x: 0.5, y: 0.5 }, look: unseen };
    expect(await chooseScale({ ...made, micrometres: 10 }, clues, findingEngine({}).engine)).toEqual({
      factor: 1,
      from: 'pixel size',
    });
  });

  it('looks at a half too where a quarter shows wide objects, and goes by that', async () => {
    // Half of the area is in the two large ones: a hundred specks do not count.
    const { engine, seen } = findingEngine({
      20: [disc(25), disc(25)],
      40: [disc(45), disc(45), ...Array<number>(100).fill(20)],
    });
    const clues = { diameter: undefined, pixelSize: { x: 0.1, y: 0.1 }, look };
    const { diameterPx, ...scale } = await chooseScale({ ...made, micrometres: 10 }, clues, engine);
    expect(diameterPx).toBeCloseTo(90, 6);
    expect([scale, seen]).toEqual([{ factor: 3, from: 'estimate' }, [20, 40]]);
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
    const clues = { diameter: undefined, pixelSize: undefined, look: large };
    const { diameterPx } = await chooseScale(made, clues, watched);
    expect(diameterPx).toBeCloseTo(80, 6);
    expect(seen).toEqual([750, 512]);
    expect(means).toEqual([1.5, 2997.5, 1976.5, 2998.5]); // rows 1976 to 2999, as the object is at the lower right
  });

  it.each([
    ['nothing', { 20: [] }, [20]],
    ['narrow objects at a quarter', { 20: [disc(14)] }, [20]],
    ['narrow objects at a half', { 20: [disc(40)], 40: [disc(6), disc(7)] }, [20, 40]],
  ])('leaves planes as they are where it sees %s', async (_what, areas, shown) => {
    const { engine, seen } = findingEngine(areas as Record<number, number[]>);
    const clues = { diameter: undefined, pixelSize: undefined, look };
    expect(await chooseScale(made, clues, engine)).toEqual({ factor: 1, from: 'estimate' });
    expect(seen).toEqual(shown);
  });
});
