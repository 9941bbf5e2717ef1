import { expect, it } from '@jest/globals';
import { drawCardPictures } from '../../functions/image/card-pictures.ts';
import { encodePng } from '../../functions/image/png.ts';
import { decodePng } from '../../functions/image/tiff/png-strip.ts';

const grey = 90;
const preview = (height: number, width: number, shade = (_i: number) => grey) => {
  const data = Uint8Array.from({ length: 3 * height * width }, (_, i) => shade(i));
  return encodePng({ height, width, samples: 3, data });
};

/** Rows of the picture, one character a pixel: `#` white, `-` darkened, `.` as it was. */
async function drawnOver(bytes: Uint8Array, { height, width }: { height: number; width: number }): Promise<string[]> {
  const data = new Uint8Array(3 * height * width);
  decodePng(bytes, data);
  const characters: Record<number, string> = { 255: '#', [grey >> 2]: '-', [grey]: '.' };
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => characters[data[3 * (row * width + column)]!] ?? '?').join(''),
  );
}

it('draws a bar of a round length and its length in words at the lower right, and nothing elsewhere', async () => {
  const { picture, barMicrometres } = await drawCardPictures(await preview(100, 200), 0.5);
  expect(barMicrometres).toBe(20); // 40 of at most 50 pixels
  const rows = await drawnOver(picture.bytes, picture);
  const drawn = rows.flatMap((row, y) => [...row].flatMap((pixel, x) => (pixel === '.' ? [] : [{ x, y }])));
  const xs = drawn.map(({ x }) => x);
  const ys = drawn.map(({ y }) => y);
  expect([Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]).toEqual([151, 196, 79, 96]);
  expect(rows.slice(82, 89).map((row) => row.slice(157, 192).replaceAll('-', ' '))).toEqual([
    '    ###   ###                      ',
    '   #   # #   #                     ',
    '       # #  ##       #   # ####    ',
    '      #  # # #       #   # # # #   ',
    '     #   ##  #       #  ## # # #   ',
    '    #    #   #       ### # # # #   ',
    '   #####  ###        #     # # #   ',
  ]);
  expect(rows[92]!.slice(151, 197)).toBe(`---${'#'.repeat(40)}---`);
});

it('draws the same bar into the thumbnail, which is reduced by a whole factor', async () => {
  const { picture, thumbnail } = await drawCardPictures(await preview(500, 1000), 0.5);
  expect([picture.width, picture.height, thumbnail.width, thumbnail.height]).toEqual([1000, 500, 250, 125]);
  const white = (row: string) => /#{20,}/.exec(row)?.[0].length;
  const lengths = async (drawn: typeof picture) => [
    ...new Set((await drawnOver(drawn.bytes, drawn)).map(white).filter((length) => length !== undefined)),
  ];
  expect(await lengths(picture)).toEqual([200]); // 100 µm
  expect(await lengths(thumbnail)).toEqual([50]); // 100 µm too
});

it('copies the preview as it is where the pixel size is not known, or where a bar has no space', async () => {
  const plain = await drawCardPictures(await preview(100, 200));
  expect(plain.barMicrometres).toBeUndefined();
  expect((await drawnOver(plain.picture.bytes, plain.picture)).every((row) => /^\.+$/.test(row))).toBe(true);
  const small = await drawCardPictures(await preview(20, 30), 0.5);
  expect(small.barMicrometres).toBeUndefined();
  expect((await drawnOver(small.picture.bytes, small.picture)).every((row) => /^\.+$/.test(row))).toBe(true);
});

it('takes the mean of each block for the thumbnail, also at edges', async () => {
  const { thumbnail } = await drawCardPictures(
    await preview(1, 641, (i) => (i < 3 * 640 ? (i % 2 === 0 ? 0 : 100) : 7)),
  );
  expect([thumbnail.width, thumbnail.height]).toEqual([214, 1]);
  const data = new Uint8Array(3 * 214);
  decodePng(thumbnail.bytes, data);
  expect([data[0], data.at(-1)]).toEqual([33, 54]); // (0 + 100 + 0) / 3; (100 + 7) / 2
});

it('refuses what is no preview, and what claims to be huge, before it is decoded', async () => {
  await expect(drawCardPictures(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'imageBroken' });
  const rgba = await encodePng({ height: 1, width: 1, samples: 4, data: new Uint8Array(4) });
  await expect(drawCardPictures(rgba)).rejects.toMatchObject({ code: 'imageUnsupported' });
  const bomb = Buffer.from(await preview(1, 1));
  bomb.writeUInt32BE(1_000_000, 16);
  await expect(drawCardPictures(bomb)).rejects.toMatchObject({ code: 'imageUnsupported' });
  const cut = (await preview(40, 40)).subarray(0, 60);
  await expect(drawCardPictures(cut)).rejects.toMatchObject({ code: 'imageBroken' });
});
