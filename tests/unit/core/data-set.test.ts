import { describe, expect, it } from '@jest/globals';
import {
  acceptedLabels,
  acceptedMask,
  askForTraining,
  awaits,
  type DataSet,
  isAdding,
  missingOf,
  noteTraining,
  withAdded,
  withImage,
} from '../../../functions/core/data-set.ts';

const dataSet: DataSet = {
  ...{ owner: 'olga', id: 'a', name: 'cells', by: 'Olga', createdAt: 1 },
  ...{ images: [], sides: {} },
};
const image = (source: string, objects: number, revision = 1) => ({
  ...{ source, job: 'job-00001', path: `${source}.tif`, revision, planes: [source], objects, addedAt: 2 },
});
const withImages = (...objects: number[]): DataSet =>
  objects.reduce((all, count, i) => withImage(all, image(`${i}${'0'.repeat(63)}`, count))!, dataSet);

describe('a data set', () => {
  it('says how many objects and images are to go', () => {
    expect(missingOf(dataSet)).toEqual({ objects: 25, images: 2 });
    expect(missingOf(withImages(1))).toEqual({ objects: 24, images: 1 });
    expect(missingOf(withImages(20, 30))).toEqual({ objects: 0, images: 0 });
  });

  it('has an image once, as it was added last', () => {
    const again = withImage(withImages(3, 4), image(`0${'0'.repeat(63)}`, 9, 7))!;
    expect(again.images.map(({ objects, revision }) => [objects, revision])).toEqual([
      [4, 1],
      [9, 7],
    ]);
  });

  it('asks for no training with too few objects, one image, or while one is in work', () => {
    expect(askForTraining(withImages(12, 12), 'pixels', 9)).toBeUndefined();
    expect(askForTraining(withImages(30), 'pixels', 9)).toBeUndefined();
    const asked = askForTraining(withImages(12, 13), 'pixels', 9)!;
    expect(asked.training).toEqual({ kind: 'pixels', state: 'queued', askedAt: 9, images: 2, objects: 25 });
    expect(askForTraining(asked, 'pixels', 10)).toBeUndefined();
    const ended = noteTraining(asked, { state: 'stopped' })!;
    expect(noteTraining(ended, { state: 'running' })).toBeUndefined();
    expect(askForTraining(ended, 'network', 10)!.training!.state).toBe('queued');
  });

  it('keeps the sides of its images for good, whatever is added', () => {
    const asked = askForTraining(withImages(12, 13), 'pixels', 9)!;
    expect(Object.values(asked.sides).sort()).toEqual(['test', 'train']);
    let later = noteTraining(asked, { state: 'failed' })!;
    for (let n = 2; n < 9; n++) later = withImage(later, image(`${n}${'0'.repeat(63)}`, 1))!;
    expect(askForTraining(later, 'pixels', 10)!.sides).toMatchObject(asked.sides);
  });
});

describe('accepted regions', () => {
  const region = (left: number, top: number, width: number, height: number) => ({
    region: { left, top, width, height },
    accepted: true,
  });
  const rows = (mask: ArrayLike<number>, width: number) =>
    Array.from({ length: mask.length / width }, (_, row) =>
      Array.from({ length: width }, (__, column) => mask[row * width + column]).join(' '),
    );

  it('add up in their order, and parts that are taken back are out', () => {
    const mask = acceptedMask({ height: 3, width: 4 }, [
      region(0, 0, 3, 3),
      { ...region(1, 1, 1, 1), accepted: false },
      region(3, 2, 9, 9),
    ]);
    expect(rows(mask, 4)).toEqual(['1 1 1 0', '1 0 1 0', '1 1 1 1']);
  });

  it('give objects with half of their pixels inside as a whole, and what lies outside is unknown', () => {
    const labels = [
      ...[1, 1, 0, 0, 0, 2],
      ...[0, 0, 3, 3, 0, 2],
      ...[4, 4, 4, 4, 4, 4], // a third inside
    ];
    const mask = acceptedMask({ height: 3, width: 6 }, [region(0, 0, 3, 3)]);
    const made = acceptedLabels(labels, mask.fill(0, 14));
    expect(rows(made.labels, 6)).toEqual(['1 1 0 -1 -1 -1', '0 0 3 3 -1 -1', '-1 -1 -1 -1 -1 -1']);
    expect(made.objects).toBe(2);
  });
});

describe('images on their way into a data set', () => {
  const added = (n: number, more: object = {}) => ({ job: 'job-00001', path: `${n}.tif`, askedAt: n, ...more });
  const failure = { code: 'imageNotTiff', message: 'no TIFF' };

  it('are one each, and of those that failed the newest 20', () => {
    let all = dataSet;
    for (let n = 0; n < 25; n++) all = withAdded(all, added(n, { failure }))!;
    all = withAdded(withAdded(all, added(99))!, added(24))!;
    expect(all.adding!.map(({ path }) => path)).toEqual([
      ...Array.from({ length: 19 }, (_, n) => `${n + 5}.tif`),
      ...['99.tif', '24.tif'],
    ]);
    expect([awaits(all, added(24)), awaits(all, added(23)), isAdding(all)]).toEqual([true, false, true]);
  });

  it('keep a training from beginning, as one in work keeps them', () => {
    const waiting = withAdded(withImages(15, 15), added(3))!;
    expect(askForTraining(waiting, 'pixels', 5)).toBeUndefined();
    const failed = withAdded(waiting, added(3, { failure }))!;
    expect(withAdded(askForTraining(failed, 'pixels', 5)!, added(4))).toBeUndefined();
  });
});
