import { deflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { measureOpen } from '../support/measured-open.ts';
import { measuredAgain } from '../support/processor-time.ts';
import { plainEntries, type RawEntry, rawTiff } from '../support/raw-tiff.ts';
import { buildTiff, long, short } from '../support/tiff-builder.ts';

const million = 1_000_000;
const text = (value: string) => new Uint8Array(Buffer.from(`${value}\0`, 'latin1'));
const pixels = (sizes: string) => `<Image><Pixels DimensionOrder="XYCZT" SizeX="1" SizeY="1" ${sizes}>`;
const end = '</Pixels></Image></OME>';

/** Files of 1 x 1 pixels whose first page has the description; the pixel is its first byte. */
const described = (description: Uint8Array, count = 1) =>
  rawTiff(description, count, (i) => [
    ...plainEntries(1, 1),
    [i === 0 ? 270 : 40_000, 2, description.length, 8] as const,
  ]);
const replaced = (entries: readonly RawEntry[], ...others: RawEntry[]): RawEntry[] => [
  ...entries.filter(([tag]) => others.every(([other]) => other !== tag)),
  ...others,
];
const zeros = (length: number) => new Uint8Array(length);
const uint16s = (length: number, value: number) => new Uint8Array(new Uint16Array(length).fill(value).buffer);
const uint32s = (length: number, value: number) => new Uint8Array(new Uint32Array(length).fill(value).buffer);

const cases: [name: string, bytes: () => Uint8Array, outcome: string | RegExp, planes?: number][] = [
  [
    'a long word in a tag of OME-XML',
    () => described(text(`<OME ${'x'.repeat(100_000)}`)),
    'imageUnsupported: its OME-XML is not well-formed',
  ],
  [
    'a tag of OME-XML of 20 MB',
    () =>
      described(
        text(`<OME ${'a="1" '.repeat(3.4 * million)}>${pixels('SizeZ="1" SizeC="1" SizeT="1"')}<TiffData/>${end}`),
      ),
    'read',
  ],
  [
    'a million elements in each other',
    () => described(text(`<OME>${'<a>'.repeat(million)}`)),
    'imageUnsupported: its OME-XML is not well-formed',
  ],
  ...(['Aperio |', 'ImageJ=1\nunit=', 'SI.a', '<MetaData>', '{"shape": [', 'Exposure'] as const).map(
    (start): [string, () => Uint8Array, string] => [
      `300,000 spaces behind ${JSON.stringify(start)}`,
      () => described(text(`${start}${' '.repeat(300_000)}x`)),
      'read',
    ],
  ),
  [
    '200,000 channels of OME-XML',
    () =>
      described(
        text(`<OME>${pixels('SizeZ="1" SizeC="1" SizeT="1"')}<TiffData/>${'<Channel/>'.repeat(200_000)}${end}`),
      ),
    'read',
  ],
  [
    '5,000 pages and 5,000 TiffData without words',
    () =>
      described(text(`<OME>${pixels('SizeZ="1" SizeC="1" SizeT="5000"')}${'<TiffData/>'.repeat(5000)}${end}`), 5000),
    'imageUnsupported: its OME-XML names directories 0 and 1 for one plane',
  ],
  [
    '5,000 pages and 5,000 TiffData of all of them',
    () =>
      described(
        text(
          `<OME>${pixels('SizeZ="1" SizeC="1" SizeT="5000"')}${'<TiffData IFD="0" PlaneCount="5000"/>'.repeat(5000)}${end}`,
        ),
        5000,
      ),
    'imageUnsupported: its OME-XML names its directories many times over',
  ],
  [
    '5,000 pages and 5,000 Images of all of them',
    () =>
      described(
        text(
          `<OME>${`${pixels('SizeZ="1" SizeC="1" SizeT="5000"')}<TiffData IFD="0" PlaneCount="5000"/></Pixels></Image>`.repeat(5000)}</OME>`,
        ),
        5000,
      ),
    'imageUnsupported: its OME-XML names its directories many times over',
  ],
  [
    '100 million planes',
    () => described(text(`<OME>${pixels('SizeZ="100000000" SizeC="1" SizeT="1"')}<TiffData/>${end}`)),
    'read',
  ],
  [
    '100 million planes, all but one in other files',
    () =>
      described(
        text(
          `<OME UUID="a">${pixels('SizeZ="100000000" SizeC="1" SizeT="1"')}<TiffData FirstZ="7"><UUID>a</UUID></TiffData><TiffData><UUID>b</UUID></TiffData>${end}`,
        ),
      ),
    'read',
  ],
  [
    'a description that is listed 4,095 times',
    () => {
      const words = text('x'.repeat(million));
      return rawTiff(words, 1, () => [
        ...plainEntries(1, 1),
        ...new Array<RawEntry>(4000).fill([270, 2, words.length, 8]),
      ]);
    },
    /^imageBroken: its descriptions claim 4000004000 bytes, the file has 10\d+$/,
  ],
  ['a description of 5 MB that is no UTF-8', () => described(new Uint8Array(5 * million).fill(0xe9)), 'read'],
  [
    'a million values of BitsPerSample, listed by 5,000 directories',
    () => rawTiff(uint16s(million, 8), 5000, () => replaced(plainEntries(1, 1), [258, 3, million, 8])),
    'read',
  ],
  [
    '65,535 samples a pixel, their sizes listed by 5,000 directories',
    () =>
      rawTiff(uint16s(65_535, 8), 5000, () =>
        replaced(plainEntries(1, 1), [258, 3, 65_535, 8], [277, 3, 1, 65_535], [279, 4, 1, 65_535]),
      ),
    /^imageBroken: its directories share their bytes many times over/,
  ],
  [
    '200,000 strips of one byte, shared by 5,000 directories',
    () => {
      const blob = new Uint8Array(4 * 200_000 + 200_000);
      blob.set(uint32s(200_000, 9));
      blob.fill(1, 4 * 200_000);
      return rawTiff(blob, 5000, () =>
        replaced(plainEntries(1, 200_000), [273, 4, 200_000, 8], [278, 4, 1, 1], [279, 1, 200_000, 8 + 4 * 200_000]),
      );
    },
    /^imageBroken: its pages share their bytes many times over/,
  ],
  [
    'half a million SubIFDs, listed by 5,000 directories',
    () => rawTiff(uint32s(million / 2, 0), 5000, () => [...plainEntries(1, 1), [330, 4, million / 2, 8]]),
    /^imageBroken: its directories share their bytes many times over/,
  ],
  [
    'a palette of 16 bits, shared by 5,000 pages',
    () =>
      rawTiff(uint16s(3 << 16, 7), 5000, () =>
        replaced(plainEntries(1, 1), [258, 3, 1, 16], [262, 3, 1, 3], [279, 4, 1, 2], [320, 3, 3 << 16, 8]),
      ),
    'read',
    5000,
  ],
  [
    'an image of 1 x 1,000,000 pixels in a kilobyte',
    () => {
      const strip = new Uint8Array(deflateSync(zeros(million)));
      return buildTiff({
        pages: [
          {
            height: 1,
            width: strip.length,
            data: strip,
            tags: { 256: long(1), 257: long(million), 259: short(8), 278: long(million) },
          },
        ],
      });
    },
    'read',
  ],
  [
    'an ImageJ stack of 100,000 planes of a byte',
    () => described(text(`ImageJ=1.54f\nimages=100000\nslices=100000\n${'\0'.repeat(100_000)}`)),
    'read',
  ],
  [
    'a shape of 200,000 ones',
    () => described(text(`{"shape": [${'1, '.repeat(200_000)}1], "axes": "${'Z'.repeat(200_000)}Y"}`)),
    'read',
  ],
  ['brackets of JSON', () => described(text(`{"shape": ${'['.repeat(million)}`)), 'read'],
];

describe('a small file that claims much', () => {
  it.each(cases)('%s costs in proportion to its bytes', async (_, make, outcome, planes = 1) => {
    const bytes = make();
    // several times what the slowest takes; what was found took gigabytes or minutes
    const most = 2000 + bytes.length / 1000;
    const { milliseconds, read, grown, ...found } = await measuredAgain(most, () => measureOpen(bytes, planes));
    if (typeof outcome === 'string') expect(found.outcome).toBe(outcome);
    else expect(found.outcome).toMatch(outcome);
    expect(milliseconds).toBeLessThan(most);
    expect(grown).toBeLessThan((256 << 20) + 128 * bytes.length);
    expect(read).toBeLessThan(million + 256 * bytes.length);
  });
});
