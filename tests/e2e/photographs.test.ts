import { deflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { encodePng } from '../../functions/image/png.ts';
import { encodeJpeg } from '../../functions/photographs/encode-jpeg.ts';
import { reduce } from '../../functions/photographs/pixels.ts';
import { readPicture } from '../../functions/photographs/read-picture.ts';
import { transform } from '../../functions/photographs/transform.ts';
import { coloursOf, exifBlock, phoneJpeg, pngChunk, quarters, rawPng, turned } from '../support/photographs.ts';

describe('a photograph', () => {
  it.each(Object.keys(turned).map(Number))('of EXIF orientation %i is read upright', async (orientation) => {
    for (const little of [true, false]) {
      const picture = await readPicture(await phoneJpeg(quarters(240, 120), { orientation, little }));
      expect([picture.width, picture.height]).toEqual(orientation > 4 ? [120, 240] : [240, 120]);
      expect(coloursOf(picture)).toEqual(turned[orientation]);
    }
  });

  it.each([
    [1, 1],
    [97, 97],
    [1, 4096],
    [5000, 3],
    [300, 97],
  ])('of %i x %i pixels of noise is written whole', async (width, height) => {
    let state = 1;
    const data = Uint8Array.from({ length: 3 * width * height }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    });
    const read = await readPicture(await encodeJpeg({ width, height, data }));
    expect(Math.min(read.width, read.height)).toBeGreaterThanOrEqual(96);
    expect([read.width % width, read.height % height]).toEqual([0, 0]);
  });

  it('of a PNG with an eXIf chunk is read upright', async () => {
    const plain = Buffer.from(await encodePng({ ...quarters(32, 16), samples: 3 }));
    const turnedPng = Buffer.concat([plain.subarray(0, 33), pngChunk('eXIf', exifBlock(6, false)), plain.subarray(33)]);
    expect(coloursOf(await readPicture(turnedPng))).toEqual(turned[6]);
  });

  it('is written as pixels alone: nothing of where it was taken, and nothing behind its end', async () => {
    const sent = await phoneJpeg(quarters(240, 120), { behind: '<script>polyglot</script>PK\x03\x04' });
    expect(sent.includes('GPS')).toBe(true);
    const written = Buffer.from(await encodeJpeg(await readPicture(sent)));
    for (const secret of ['GPS', 'Exif', 'polyglot', 'PK']) expect(written.includes(secret)).toBe(false);
    expect(coloursOf(await readPicture(written))).toEqual(turned[1]);
  });

  it('of 16 bits a sample, of grey, and of a palette is read', async () => {
    const row = Buffer.from([0, 255, 0, 0, 0, 0, 0]);
    expect([...(await readPicture(rawPng(1, 1, row, { depth: 16 }))).data]).toEqual([255, 0, 0]);
    expect([...(await readPicture(rawPng(2, 1, Buffer.from([0, 7, 200]), { colour: 0 }))).data]).toEqual([
      ...[7, 7, 7, 200, 200, 200],
    ]);
    const palette = pngChunk('PLTE', Buffer.from([1, 2, 3, 250, 251, 252]));
    const indexed = rawPng(8, 1, Buffer.from([0, 0b10000000]), { depth: 1, colour: 3, extra: [palette] });
    expect([...(await readPicture(indexed)).data.subarray(0, 6)]).toEqual([250, 251, 252, 1, 2, 3]);
  });

  it('that is transparent lies on white', async () => {
    const rows = Buffer.from([0, 10, 20, 30, 0, 10, 20, 30, 255]);
    expect([...(await readPicture(rawPng(2, 1, rows, { colour: 6 }))).data]).toEqual([255, 255, 255, 10, 20, 30]);
  });
});

describe('a picture that is not read', () => {
  const refused = async (bytes: Uint8Array): Promise<string> => {
    const error: unknown = await readPicture(bytes).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const { code, message } = error as { code: string; message: string };
    return `${code}: ${message}`;
  };

  it.each([
    ['no picture', Buffer.from('GIF89a..........'), /^pictureNotImage: .*GIF/],
    ['a film or HEIC', Buffer.concat([Buffer.alloc(4), Buffer.from('ftypheic0000')]), /^pictureNotImage: .*HEIF/],
    ['WebP', Buffer.from('RIFF\x10\0\0\0WEBPVP8 ', 'latin1'), /^pictureNotImage: .*WebP/],
    ['a script in front', Buffer.from('<script>/*\xff\xd8\xff', 'latin1'), /^pictureNotImage/],
    ['nothing', Buffer.alloc(0), /^pictureNotImage: .*0 bytes/],
    ['a bomb', rawPng(30_000, 30_000, Buffer.alloc(10)), /^pictureTooLarge: .*30000 x 30000/],
    ['more pixels than it says', rawPng(2, 1, Buffer.alloc(1 << 20)), /^pictureBroken/],
    ['fewer pixels than it says', rawPng(200, 100, Buffer.alloc(10)), /^pictureBroken/],
    [
      'an animation',
      rawPng(1, 1, Buffer.alloc(4), { extra: [pngChunk('acTL', Buffer.alloc(8))] }),
      /^pictureUnsupported: .*animated/,
    ],
    ['interlaced rows', rawPng(1, 1, Buffer.alloc(4), { interlaced: true }), /^pictureUnsupported: .*interlaced/],
  ])('has %s, and is named', async (_, bytes, words) => {
    expect(await refused(bytes)).toMatch(words);
  });

  it('is a JPEG of arithmetic codes, of lossless ones, or of 12 bits', async () => {
    const jpeg = await phoneJpeg(quarters(240, 120));
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc2]));
    const changed = (at: number, value: number) => {
      const copy = Buffer.from(jpeg);
      copy[at] = value;
      return refused(copy);
    };
    expect(await changed(frame + 1, 0xca)).toMatch(/^pictureUnsupported: .*frame type 10/);
    expect(await changed(frame + 1, 0xc9)).toMatch(/^pictureUnsupported: .*frame type 9/);
    expect(await changed(frame + 1, 0xc3)).toMatch(/^pictureUnsupported: .*lossless JPEG/);
    expect(await changed(frame + 4, 12)).toMatch(/^pictureUnsupported: .*12 bits/);
  });

  it('is a JPEG for printing, cut off, or with a size that nothing could hold', async () => {
    const jpeg = await phoneJpeg(quarters(240, 120));
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc2]));
    const cmyk = Buffer.from(jpeg);
    cmyk[frame + 9] = 4;
    expect(await refused(cmyk)).toMatch(/^pictureUnsupported: .*4 components/);
    const huge = Buffer.from(jpeg);
    huge.writeUInt16BE(65_000, frame + 5);
    huge.writeUInt16BE(65_000, frame + 7);
    expect(await refused(huge)).toMatch(/^pictureTooLarge: .*65000 x 65000/);
    expect(await refused(jpeg.subarray(0, frame + 4))).toMatch(/^pictureBroken/);
  });

  it('takes no memory for what a bomb says of itself', async () => {
    const bomb = rawPng(7000, 7000, Buffer.alloc(0), { extra: [pngChunk('IDAT', deflateSync(Buffer.alloc(4 << 20)))] });
    const before = process.memoryUsage().arrayBuffers;
    await expect(readPicture(rawPng(40_000, 40_000, Buffer.alloc(1)))).rejects.toMatchObject({
      code: 'pictureTooLarge',
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 << 20);
    await expect(readPicture(bomb)).rejects.toMatchObject({ code: 'pictureBroken' });
  });
});

describe('a transform', () => {
  const whole = (width: number, height: number) => [{ x: 0, y: 0, width, height }];
  const outside = (picture: Uint8Array, width: number) => picture.subarray(3 * (10 * width), 3 * (10 * width + 8));

  it('makes a mosaic of a region, and leaves all else', () => {
    const picture = quarters(40, 40);
    const before = quarters(40, 40);
    transform({ kind: 'mosaic', squares: 2 }, picture, [{ x: 10, y: 10, width: 20, height: 20 }]);
    expect(outside(picture.data, 40)).toEqual(outside(before.data, 40));
    const inside = new Set<string>();
    for (let y = 10; y < 30; y++)
      for (let x = 10; x < 30; x++) inside.add(picture.data.subarray(3 * (40 * y + x), 3 * (40 * y + x) + 3).join());
    expect([...inside].sort()).toEqual(['128,128,128', '220,30,30', '30,220,30', '30,30,220']);
    transform({ kind: 'mosaic', squares: 1 }, picture, [{ x: 10, y: 10, width: 20, height: 20 }]);
    expect([...picture.data.subarray(3 * (40 * 11 + 11), 3 * (40 * 11 + 11) + 3)]).toEqual([102, 102, 102]);
  });

  it('blurs a region so that its edges are gone, and leaves all else', () => {
    const picture = quarters(40, 40);
    transform({ kind: 'blur', sigma: 0.5 }, picture, [{ x: 10, y: 10, width: 20, height: 20 }]);
    const row = Array.from({ length: 40 }, (_, x) => picture.data[3 * (40 * 12 + x)]!);
    expect(row.slice(0, 10)).toEqual(new Array(10).fill(220));
    expect(row.slice(30)).toEqual(new Array(10).fill(30));
    const steps = row.slice(10, 30).map((value, i, all) => Math.abs(value - (all[i - 1] ?? value)));
    expect(Math.max(...steps)).toBeLessThan(40); // it was a step of 190
  });

  it('crops to all regions, within the picture', () => {
    const { picture, regions } = transform({ kind: 'crop' }, quarters(40, 40), [
      { x: -5, y: 30, width: 10, height: 20 },
      { x: 20.4, y: 35, width: 4.2, height: 2 },
    ]);
    expect([picture.width, picture.height, regions]).toEqual([25, 10, whole(25, 10)]);
    expect(coloursOf(picture)).toEqual(['blue', 'blue', 'blue', 'blue']);
  });

  it('draws an outline, and does nothing with a region outside', () => {
    const { picture } = transform({ kind: 'outline' }, quarters(40, 40), [
      { x: 4, y: 4, width: 8, height: 8 },
      { x: 400, y: 4, width: 8, height: 8 },
    ]);
    const at = (x: number, y: number) => [...picture.data.subarray(3 * (40 * y + x), 3 * (40 * y + x) + 3)];
    expect([at(4, 4), at(5, 8), at(8, 8), at(12, 8)]).toEqual([
      [255, 210, 0],
      [255, 210, 0],
      [220, 30, 30],
      [220, 30, 30],
    ]);
  });

  it('reduces to the longest side, each pixel the mean of what it covers', () => {
    const small = reduce(quarters(400, 200), 100);
    expect([small.width, small.height, coloursOf(small)]).toEqual([100, 50, turned[1]]);
    expect(reduce(quarters(3, 2), 2).data).toHaveLength(3 * 2 * 1);
  });
});
