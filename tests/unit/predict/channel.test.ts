import { describe, expect, it } from '@jest/globals';
import type { Image, ImageInfo, Plane } from '../../../functions/image/image.ts';
import { chooseChannel, readChosen } from '../../../functions/stages/predict/channel.ts';

const info = (fields: Partial<ImageInfo> = {}): ImageInfo => ({
  height: 1,
  width: 2,
  samples: 1,
  type: 'uint8',
  positions: 1,
  times: 1,
  depths: 1,
  channels: 1,
  channelNames: [undefined],
  ...fields,
});
const two = info({ channels: 2, channelNames: ['GFP', 'DAPI'] });
const rgb = info({ samples: 3 });

describe('the channel that is predicted', () => {
  it.each([
    ['the first, when nobody says', two, {}, undefined, { indices: [0], from: 'channels', name: 'GFP' }],
    ["the model's", two, { channel: 1 }, undefined, { indices: [1], from: 'channels', name: 'DAPI' }],
    ["the user's before the model's", two, { channel: 1 }, 0, { indices: [0], from: 'channels', name: 'GFP' }],
    ['by name', two, {}, 'DAPI', { indices: [1], from: 'channels', name: 'DAPI' }],
    ['by name in other letters', two, {}, 'dapi', { indices: [1], from: 'channels', name: 'DAPI' }],
    ['by a number as text', two, {}, '1', { indices: [1], from: 'channels', name: 'DAPI' }],
    [
      'by a name that is a number',
      info({ channels: 2, channelNames: ['561', '405'] }),
      {},
      '405',
      { indices: [1], from: 'channels', name: '405' },
    ],
    ['without a name', info(), {}, undefined, { indices: [0], from: 'channels' }],
    ['a colour', rgb, {}, 'green', { indices: [1], from: 'samples', name: 'green' }],
    [
      'grey of RGB where the model says so',
      rgb,
      { rgb: 'grey' as const },
      undefined,
      { indices: [0, 1, 2], from: 'grey', name: 'grey of RGB' },
    ],
    [
      'a colour against the model',
      rgb,
      { rgb: 'grey' as const },
      'blue',
      { indices: [2], from: 'samples', name: 'blue' },
    ],
    [
      'all that the model takes',
      rgb,
      { channelCount: 3 },
      undefined,
      { indices: [0, 1, 2], from: 'samples', name: 'red' },
    ],
  ])('%s', (_, image, input, wish, expected) => {
    expect(chooseChannel(image, { channelCount: 1, ...input }, wish)).toEqual(expected);
  });

  it.each([
    {
      what: 'a name that is not there',
      image: two,
      channelCount: 1,
      wish: 'RFP',
      message: "no channel 'RFP': the image has 2 channels: 0 (GFP), 1 (DAPI)",
    },
    {
      what: 'a number that is not there',
      image: info(),
      channelCount: 1,
      wish: 3,
      message: "no channel '3': the image has 1 channel: 0",
    },
    {
      what: 'too few channels',
      image: two,
      channelCount: 3,
      wish: undefined,
      message: 'no channel 2: the image has 2 channels: 0 (GFP), 1 (DAPI)',
    },
  ])('refuses $what and says what there is', ({ image, channelCount, wish, message }) => {
    expect(() => chooseChannel(image, { channelCount }, wish)).toThrow(message);
  });
});

describe('the pixels that the model gets', () => {
  const image = (plane: Plane, infoOf: ImageInfo): Image => ({ info: infoOf, readPlane: async () => plane });
  const colour: Plane = { height: 1, width: 2, samples: 3, type: 'uint8', data: Uint8Array.of(10, 20, 30, 100, 0, 50) };
  const at = { position: 0, time: 0, depth: 0 };

  it('are one colour of RGB', async () => {
    const choice = chooseChannel(rgb, { channelCount: 1 }, 'blue');
    expect(await readChosen(image(colour, rgb), at, choice)).toEqual([
      { height: 1, width: 2, samples: 1, type: 'uint8', data: Uint8Array.of(30, 50) },
    ]);
  });

  it('are the luma of RGB as ITU-R BT.601 weighs it', async () => {
    const choice = chooseChannel(rgb, { channelCount: 1, rgb: 'grey' }, undefined);
    const [grey] = await readChosen(image(colour, rgb), at, choice);
    expect(grey).toMatchObject({ samples: 1, type: 'float32' });
    expect([...(grey!.data as Float32Array)]).toEqual(
      [0.299 * 10 + 0.587 * 20 + 0.114 * 30, 0.299 * 100 + 0.114 * 50].map(Math.fround),
    );
  });
});
