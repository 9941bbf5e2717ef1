import { describe, expect, it } from '@jest/globals';
import { kindsOf, offeredChannels } from '../../../web/image/offered-channels.ts';
import { channelChoices } from '../../../web/jobs/channels.ts';
import { channelsToMeasure } from '../../../web/jobs/measures.ts';
import { strings } from '../../../web/strings.ts';
import { pickedFile } from '../../../web/upload/picked-file.ts';
import { lookedInto } from '../../../web/upload/selection.ts';

const image = (path: string, ...channelNames: (string | undefined)[]) => ({
  path,
  samples: 1,
  channels: channelNames.length,
  channelNames,
});

describe('channels of images that differ', () => {
  const kinds = kindsOf([
    image('a.tif', 'DAPI', 'GFP'),
    image('b.tif', 'GFP', 'DAPI', 'c-Fos'),
    image('c.tif', 'DAPI', 'GFP'),
    image('d.tif', undefined),
  ]);

  it('are offered by number, and by name where the number differs', () => {
    expect(channelChoices(offeredChannels(kinds), undefined)?.map(({ value, label }) => `${value} ${label}`)).toEqual([
      ' The model’s choice',
      '#0 Channel 0',
      '#1 Channel 1',
      '#2 Channel 2',
      'DAPI Channel called DAPI',
      'GFP Channel called GFP',
      'c-Fos Channel called c-Fos',
    ]);
  });

  it('can be measured by both', () => {
    expect(channelsToMeasure(offeredChannels(kinds)!).map(({ channel }) => channel)).toEqual([
      ...['0', '1', '2'],
      ...['DAPI', 'GFP', 'c-Fos'],
    ]);
  });

  it('are named with how many images have them', () => {
    expect(kinds.map(({ path, count }) => `${path} ${count}`)).toEqual(['a.tif 2', 'b.tif 1', 'd.tif 1']);
    const shown = kinds.map(({ path, count, samples, channelNames }) => ({
      path,
      count,
      channels: strings.channelList(channelNames, samples),
    }));
    expect(strings.channelsDiffer(shown, 4)).toBe(
      'The images differ in their channels (4 were looked at): DAPI, GFP in 2 images, such as a.tif; GFP, DAPI, c-Fos in 1 image, such as b.tif; 1 channel in 1 image, such as d.tif. An image that lacks a chosen channel fails.',
    );
  });
});

it('channels of images that all have the same are offered once, with their names', () => {
  const offered = offeredChannels(kindsOf([image('a.tif', 'DAPI', undefined), image('b.tif', 'DAPI', undefined)]));
  expect(offered).toEqual({ samples: 1, channels: 2, channelNames: ['DAPI', undefined], names: [] });
  expect(offeredChannels([])).toBeUndefined();
});

it('a name that would be read as a number is not offered by name', () => {
  const offered = offeredChannels(kindsOf([image('a.tif', '488', 'GFP'), image('b.tif', 'GFP', '488')]));
  expect(channelChoices(offered, undefined)?.map(({ value }) => value)).toEqual(['', '#0', '#1', 'GFP']);
});

it('looks into at most 24 images, from the first to the last', () => {
  const files = Array.from({ length: 1000 }, (_, i) => `${String(i).padStart(3, '0')}.tif`);
  const picked = (paths: string[]) => ({
    name: 'day',
    source: 'files' as const,
    files: paths.map((path) => pickedFile(path, new File(['12345'], path))),
    bytes: 0,
  });
  const { first, spread } = lookedInto(picked(['notes.txt', ...files]));
  expect(first.map(({ path }) => path)).toEqual(files.slice(0, 5));
  expect(spread).toHaveLength(24);
  expect([spread[0]!.path, spread[1]!.path, spread[23]!.path]).toEqual(['000.tif', '043.tif', '999.tif']);
  expect(lookedInto(picked(['a.tif'])).spread.map(({ path }) => path)).toEqual(['a.tif']);
  expect(lookedInto(picked(['notes.txt'])).spread).toEqual([]);
});
