import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { openFileSource } from '../../functions/image/file-source.ts';
import type { Beside } from '../../functions/image/image.ts';
import { besideFile } from '../../functions/image/sibling-files.ts';
import { imageOf, openImage } from '../../functions/image/tiff/image.ts';
import { openTiff } from '../../functions/image/tiff/tiff-file.ts';
import { memorySource } from '../support/memory-source.ts';
import { describeWithSharedCases, sharedCase } from '../support/shared-data.ts';
import { ascii, buildTiff, type RawField } from '../support/tiff-builder.ts';

const [height, width] = [2, 3];

/** A file whose pages are filled with their numbers, the first of which has the description. */
const file = (count: number, description: string | Uint8Array): Uint8Array => {
  const field: RawField = typeof description === 'string' ? ascii(description) : { type: 2, values: description };
  const pages = Array.from({ length: count }, (_, i) => ({
    height,
    width,
    data: new Uint8Array(height * width).fill(i),
    ...(i === 0 && { tags: { 270: field } }),
  }));
  return buildTiff({ pages });
};

const open = async (bytes: Uint8Array, beside: Beside = {}) => imageOf(await openTiff(memorySource(bytes)), beside);

/** Axes and the page behind each plane, channel fastest; or why the file is refused. */
async function found(bytes: Uint8Array, beside: Beside = {}): Promise<string> {
  try {
    const image = await open(bytes, beside);
    const { positions, times, depths, channels } = image.info;
    const pages: number[] = [];
    for (let position = 0; position < positions; position++)
      for (let time = 0; time < times; time++)
        for (let depth = 0; depth < depths; depth++)
          for (let channel = 0; channel < channels; channel++)
            pages.push(Number((await image.readPlane({ position, time, depth, channel })).data[0]));
    return `${image.axesFrom} P${positions} T${times} Z${depths} C${channels}: ${pages.join(' ')}`;
  } catch (error) {
    return (error as { advice: { why: string } }).advice.why;
  }
}

interface Pixels {
  sizes?: string;
  order?: string;
  blocks?: string;
  more?: string;
}

const image = ({ sizes = '', order = 'XYCZT', blocks = '', more = '' }: Pixels): string =>
  `<Image ID="Image:0"><Pixels DimensionOrder="${order}" SizeX="${width}" SizeY="${height}" ${sizes} ${more}>${blocks}</Pixels></Image>`;
const xml = (inside: string, root = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" ${root}>${inside}</OME>`;

const uuid = (id: string, name?: string) =>
  `<UUID${name === undefined ? '' : ` FileName="${name}"`}>urn:uuid:${id}</UUID>`;
const block = (attributes: string, inside = '') => `<TiffData ${attributes}>${inside}</TiffData>`;
const threeTimes = 'SizeZ="1" SizeC="1" SizeT="3"';
const each = (count: number, blockOf: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => blockOf(i)).join('');

describe('a file of Micro-Manager, whose OME element has no UUID', () => {
  const own = each(3, (t) => block(`FirstT="${t}" IFD="${t}" PlaneCount="1"`, uuid('1', 'a_MMStack_Pos0.ome.tif')));
  const words = xml(image({ sizes: threeTimes, blocks: own }));

  it.each([
    ['under its own name', 'a_MMStack_Pos0.ome.tif'],
    ['in other letters', 'A_MMStack_pos0.OME.TIF'],
    ['under another name', 'renamed.tif'],
    ['without a name', undefined],
  ])('is read %s', async (_, name) => {
    expect(await found(file(3, words), name === undefined ? {} : { name })).toBe('OME P1 T3 Z1 C1: 0 1 2');
  });

  const set = each(4, (t) =>
    block(`FirstT="${t}" IFD="${t % 2}" PlaneCount="1"`, uuid(`${t >> 1}`, `C:\\data\\b_${t >> 1}.ome.tif`)),
  );
  const ofSet = xml(image({ sizes: 'SizeZ="1" SizeC="1" SizeT="4"', blocks: set }));

  it('that is one of several gives its own planes, by its name', async () => {
    expect(await found(file(2, ofSet), { name: 'b_1.ome.tif' })).toBe('OME P1 T2 Z1 C1: 0 1');
  });

  it('that is one of several and has another name says which files it names', async () => {
    expect(await found(file(2, ofSet), { name: 'c.tif' })).toBe(
      'its OME-XML has no image with planes in this file, they are in b_0.ome.tif, b_1.ome.tif',
    );
  });

  it('that ends within a stack gives its planes as times, and says so', async () => {
    const blocks = each(6, (i) =>
      block(`FirstZ="${i % 3}" FirstT="${Math.floor(i / 3)}" IFD="${i % 4}"`, uuid(`${i >> 2}`, `b_${i >> 2}.tif`)),
    );
    const words = xml(image({ sizes: 'SizeZ="3" SizeC="1" SizeT="2"', blocks }));
    const name = 'b_0.tif';
    expect(await found(file(4, words), { name })).toBe('OME P1 T4 Z1 C1: 0 1 2 3');
    expect((await open(file(4, words), { name })).notes).toEqual([
      'its planes make no whole stack, times and depths taken as times',
    ]);
    expect(await found(file(2, words), { name: 'b_1.tif' })).toBe('OME P1 T1 Z2 C1: 0 1');
  });

  it('may show one page for planes that were not taken', async () => {
    const blocks = each(4, (t) => block(`FirstT="${t}" IFD="${t >> 1}"`, uuid('1', 'a.tif')));
    const words = xml(image({ sizes: 'SizeZ="1" SizeC="1" SizeT="4"', blocks }));
    expect(await found(file(2, words))).toBe('OME P1 T4 Z1 C1: 0 0 1 1');
  });

  it('with several positions is read', async () => {
    const position = (p: number) =>
      image({
        sizes: 'SizeZ="1" SizeC="2" SizeT="1"',
        blocks: each(2, (c) => block(`FirstC="${c}" IFD="${2 * p + c}"`, uuid('1', 'a.tif'))),
      });
    expect(await found(file(4, xml(position(0) + position(1))))).toBe('OME P2 T1 Z1 C2: 0 1 2 3');
  });
});

describe('an image of another size beside the image', () => {
  const label = `<Image ID="Image:1"><Pixels DimensionOrder="XYCZT" SizeX="1" SizeY="1" SizeZ="1" SizeC="1" SizeT="1">`;
  const small = { height: 1, width: 1, data: Uint8Array.of(9) };
  const plane = (fill: number) => ({ height, width, data: new Uint8Array(height * width).fill(fill) });

  it.each([
    ['first', [small, plane(1), plane(2)], 0, 1],
    ['last', [plane(1), plane(2), small], 2, 0],
  ])('is left out by name where it comes %s', async (_, [head, ...rest], ofLabel, ofImage) => {
    const own = image({ sizes: 'SizeZ="1" SizeC="1" SizeT="2"', blocks: block(`IFD="${ofImage}" PlaneCount="2"`) });
    const other = `${label}${block(`IFD="${ofLabel}"`)}</Pixels></Image>`;
    const words = xml(ofLabel === 0 ? other + own : own + other);
    const bytes = buildTiff({ pages: [{ ...head!, tags: { 270: ascii(words) } }, ...rest] });
    expect(await found(bytes)).toBe('OME P1 T2 Z1 C1: 1 2');
    expect((await open(bytes)).notes).toEqual([`left out: page ${ofLabel} (1 x 1 pixels, smaller than the image)`]);
  });
});

describe('TiffData', () => {
  it.each([
    ['none: planes in DimensionOrder', 'XYZTC', 'SizeZ="1" SizeC="2" SizeT="2"', '', 4, 'P1 T2 Z1 C2: 0 2 1 3'],
    [
      'a UUID as text of another form',
      'XYCZT',
      threeTimes,
      block('IFD="0" PlaneCount="3"', '<UUID> 00-AB </UUID>'),
      3,
      'P1 T3 Z1 C1: 0 1 2',
    ],
    ['one without attributes', 'XYCZT', threeTimes, '<TiffData/>', 3, 'P1 T3 Z1 C1: 0 1 2'],
    [
      'a UUID on some only',
      'XYCZT',
      threeTimes,
      block('IFD="0"') + block('FirstT="1" IFD="1"', uuid('7', 'x.tif')) + block('FirstT="2" IFD="2"'),
      3,
      'P1 T3 Z1 C1: 0 1 2',
    ],
    [
      'FirstT without IFD, several',
      'XYCZT',
      threeTimes,
      each(3, (t) => block(`FirstT="${2 - t}"`)),
      3,
      'P1 T3 Z1 C1: 2 1 0',
    ],
    ['PlaneCount of 0', 'XYCZT', threeTimes, block('IFD="0" PlaneCount="0"'), 3, 'P1 T3 Z1 C1: 0 1 2'],
    [
      'PlaneCount of 0, several',
      'XYCZT',
      threeTimes,
      each(3, (t) => block(`FirstT="${t}" IFD="${t}" PlaneCount="0"`)),
      3,
      'P1 T3 Z1 C1: 0 1 2',
    ],
    ['NumPlanes of the old schema', 'XYCZT', threeTimes, block('IFD="0" NumPlanes="3"'), 3, 'P1 T3 Z1 C1: 0 1 2'],
    ['the same twice', 'XYCZT', threeTimes, block('IFD="0" PlaneCount="3"').repeat(2), 3, 'P1 T3 Z1 C1: 0 1 2'],
  ])('%s', async (_, order, sizes, blocks, pages, expected) => {
    expect(await found(file(pages, xml(image({ sizes, order, blocks }))))).toBe(`OME ${expected}`);
  });

  it('is one plane of a file that is one of many, without IFD', async () => {
    const blocks = each(3, (t) => block(`FirstT="${t}"`, uuid(`${t}`, `${t}.tif`)));
    const words = xml(image({ sizes: threeTimes, blocks }), 'UUID="urn:uuid:2"');
    expect(await found(file(1, words))).toBe('OME P1 T1 Z1 C1: 0');
  });

  it('is missing in each of several Images: they follow each other', async () => {
    const one = image({ sizes: 'SizeZ="2" SizeC="1" SizeT="1"' });
    expect(await found(file(4, xml(one + one)))).toBe('OME P2 T1 Z2 C1: 0 1 2 3');
  });

  it.each([
    ['beyond the file, of pages that it leaves out', block('IFD="2" PlaneCount="2"'), 'leaves out directory 0'],
    ['beyond the file, alone', block('IFD="9"'), 'points to directory 9, the file has 3'],
    ['beyond the planes', block('FirstT="2" IFD="0" PlaneCount="3"'), 'has a TiffData that goes beyond the last plane'],
    ['of a time that is not there', block('FirstT="3" IFD="0"'), 'has FirstT="3" of 3'],
    [
      'of two directories for one plane',
      block('IFD="0"') + block('IFD="1"'),
      'names directories 0 and 1 for one plane',
    ],
    ['of a negative directory', block('IFD="-1"'), 'has IFD="-1" in TiffData'],
    ['of a plane too few', each(2, (t) => block(`FirstT="${t}" IFD="${t}"`)), 'leaves out directory 2'],
    [
      'of another file only',
      block('IFD="0"', uuid('2', 'b.tif')),
      'has no image with planes in this file, they are in b.tif',
    ],
  ])('%s is refused', async (_, blocks, reason) => {
    const words = xml(image({ sizes: threeTimes, blocks }), 'UUID="urn:uuid:1"');
    expect(await found(file(3, words))).toBe(`its OME-XML ${reason}`);
  });
});

describe('OME-XML', () => {
  const words = xml(
    image({
      sizes: threeTimes,
      blocks: `<Channel Name="µ &amp; GFP"/><TiffData/>`,
      more: 'PhysicalSizeX="0.5" PhysicalSizeY="0.5"',
    }),
  );
  const utf16 = (text: string, big: boolean) => {
    const bytes = Buffer.from(text, 'utf16le');
    return new Uint8Array(big ? bytes.swap16() : bytes);
  };

  it.each([
    ['UTF-8', words],
    ['UTF-8 with a byte order mark', `\ufeff${words}`],
    ['Latin-1', new Uint8Array(Buffer.from(words, 'latin1'))],
    ['UTF-16', utf16(`\ufeff${words}\0`, false)],
    ['UTF-16, big-endian', utf16(`\ufeff${words}\0`, true)],
    ['UTF-16 without a mark', utf16(words, true)],
    ['with NULs behind it', `${words}\0\0\0`],
    [
      'with a prefix',
      words
        .replaceAll('<', '<OME:')
        .replaceAll('<OME:/', '</OME:')
        .replace('<OME:?', '<?')
        .replace('xmlns=', 'xmlns:OME='),
    ],
    ['in single quotes', words.replaceAll('"', "'")],
    [
      'with comments',
      words.replace('?>', '?><!-- <OME> --> <!-- a -- >\n-->').replaceAll('/>', '/><!-- <TiffData/> -->'),
    ],
    [
      'in other words beside',
      words.replace(
        '<Image',
        '<StructuredAnnotations><XMLAnnotation><Value><Image/><![CDATA[</OME>]]></Value></XMLAnnotation></StructuredAnnotations><Image',
      ),
    ],
  ])('%s is read', async (_, description) => {
    const bytes = file(3, description);
    expect(await found(bytes)).toBe('OME P1 T3 Z1 C1: 0 1 2');
    expect((await open(bytes)).info).toMatchObject({ channelNames: ['µ & GFP'], pixelSize: { x: 0.5, y: 0.5 } });
  });

  it('that is another program’s XML is none', async () => {
    expect(await found(file(3, '<?xml version="1.0"?><MetaData><OME SizeZ="9"/><broken'))).toBe(
      'pages P1 T1 Z3 C1: 0 1 2',
    );
  });
});

describe('directories that are no planes', () => {
  /** Pages of 2 x 3, and of 1 x 1 where `labels` says so. */
  const withLabels = (labels: readonly number[], count: number, blocks: string) => {
    const pages = Array.from({ length: count }, (_, i) => {
      const [rows, columns] = labels.includes(i) ? [1, 1] : [height, width];
      const words = { 270: ascii(xml(image({ sizes: threeTimes, blocks }))) };
      return {
        height: rows,
        width: columns,
        data: new Uint8Array(rows * columns).fill(i),
        ...(i === 0 && { tags: words }),
      };
    });
    return buildTiff({ pages });
  };
  const at = (...directories: number[]) =>
    each(directories.length, (t) => block(`FirstT="${t}" IFD="${directories[t]}"`));

  it.each([
    ['before the planes', [0], at(1, 2, 3), 'OME P1 T3 Z1 C1: 1 2 3'],
    ['among the planes', [1], at(0, 2, 3), 'OME P1 T3 Z1 C1: 0 2 3'],
    ['behind the planes', [3], at(0, 1, 2), 'OME P1 T3 Z1 C1: 0 1 2'],
    ['before the planes, in another order', [0], at(3, 2, 1), 'OME P1 T3 Z1 C1: 3 2 1'],
    ['named as one', [1], at(0, 1, 2), 'its OME-XML points to directory 1, which is no plane'],
  ])('%s count in IFD', async (_, labels, blocks, expected) => {
    expect(await found(withLabels(labels, 4, blocks))).toBe(expected);
  });
});

describe('OME-XML of a recording that was stopped', () => {
  const note = (there: number, claimed: number) =>
    `${there} of the ${claimed} planes that its OME-XML claims ${there === 1 ? 'is' : 'are'} there`;
  const eachOf = (sizes: [z: number, c: number, t: number]) => {
    const [z, c, t] = sizes;
    return each(z * c * t, (i) =>
      block(
        `FirstC="${i % c}" FirstZ="${Math.floor(i / c) % z}" FirstT="${Math.floor(i / c / z)}" IFD="${i}" PlaneCount="1"`,
      ),
    );
  };
  const noWhole = (taken: string) => `its planes make no whole stack, ${taken}`;

  it.each([
    ['times, without TiffData', 'SizeZ="1" SizeC="1" SizeT="50"', '', 2, 'T2 Z1 C1: 0 1', [note(2, 50)]],
    ['times, of one TiffData', 'SizeZ="1" SizeC="1" SizeT="50"', '<TiffData/>', 2, 'T2 Z1 C1: 0 1', [note(2, 50)]],
    [
      'times, of a TiffData each',
      'SizeZ="1" SizeC="1" SizeT="50"',
      eachOf([1, 1, 50]),
      2,
      'T2 Z1 C1: 0 1',
      [note(2, 50)],
    ],
    ['one plane cut out', 'SizeZ="9" SizeC="2" SizeT="50"', eachOf([9, 2, 50]), 1, 'T1 Z1 C1: 0', [note(1, 900)]],
    ['whole stacks', 'SizeZ="2" SizeC="2" SizeT="5"', eachOf([2, 2, 5]), 8, 'T2 Z2 C2: 0 1 2 3 4 5 6 7', [note(8, 20)]],
    [
      'ends within the first stack',
      'SizeZ="5" SizeC="2" SizeT="5"',
      eachOf([5, 2, 5]),
      6,
      'T1 Z3 C2: 0 1 2 3 4 5',
      [note(6, 50)],
    ],
    [
      'ends within a later stack',
      'SizeZ="2" SizeC="1" SizeT="5"',
      eachOf([2, 1, 5]),
      3,
      'T3 Z1 C1: 0 1 2',
      [note(3, 10), noWhole('times and depths taken as times')],
    ],
    [
      'ends between two channels',
      'SizeZ="1" SizeC="2" SizeT="5"',
      eachOf([1, 2, 5]),
      5,
      'T2 Z1 C2: 0 1 2 3',
      [note(5, 10), 'page 4 left out: other channels are not there'],
    ],
    [
      'pages that claim a billion',
      'SizeZ="1000" SizeC="1000" SizeT="1000"',
      '<TiffData/>',
      2,
      'T1 Z1 C2: 0 1',
      [note(2, 1e9)],
    ],
  ])('%s', async (_, sizes, blocks, pages, expected, notes) => {
    const bytes = file(pages, xml(image({ sizes, blocks })));
    expect(await found(bytes)).toBe(`OME P1 ${expected}`);
    expect((await open(bytes)).notes).toEqual(notes);
  });

  it('channel after channel keeps the channel that is whole', async () => {
    const words = xml(image({ sizes: 'SizeZ="5" SizeC="2" SizeT="1"', order: 'XYZTC' }));
    expect(await found(file(7, words))).toBe('OME P1 T1 Z5 C1: 0 1 2 3 4');
    expect((await open(file(7, words))).notes).toContain('pages 5, 6 left out: other channels are not there');
  });

  it('position after position keeps every plane as a position', async () => {
    const position = (p: number) =>
      image({
        sizes: 'SizeZ="1" SizeC="1" SizeT="2"',
        blocks: each(2, (t) => block(`FirstT="${t}" IFD="${2 * p + t}"`)),
      });
    const bytes = file(3, xml(position(0) + position(1) + position(2)));
    expect(await found(bytes)).toBe('OME P3 T1 Z1 C1: 0 1 2');
    expect((await open(bytes)).notes).toEqual([note(3, 6), noWhole('positions and times taken as positions')]);
  });

  it('is one file of a set that ends between two channels', async () => {
    const blocks = each(6, (i) =>
      block(
        `FirstC="${i % 2}" FirstT="${i >> 1}" IFD="${i % 3}"`,
        uuid(`${Math.floor(i / 3)}`, `b_${Math.floor(i / 3)}.tif`),
      ),
    );
    const words = xml(image({ sizes: 'SizeZ="1" SizeC="2" SizeT="3"', blocks }));
    expect(await found(file(3, words), { name: 'b_0.tif' })).toBe('OME P1 T1 Z1 C2: 0 1');
    expect((await open(file(3, words), { name: 'b_1.tif' })).notes).toEqual([
      'page 0 left out: other channels are not there',
    ]);
  });
});

describe('OME-XML in another file', () => {
  const pointer = (target: string) =>
    xml(`<BinaryOnly MetadataFile="${target}" UUID="urn:uuid:0"/>`, 'UUID="urn:uuid:1"');
  const names = ['a_0.ome.tif', 'a_1.ome.tif'];
  const blocks = `<Channel Name="Ch1"/><Channel Name="Ch2"/>${each(2, (c) => block(`FirstC="${c}" IFD="0" PlaneCount="1"`, uuid(`${c}`, names[c])))}`;
  const words = (root: string) =>
    xml(
      image({ sizes: 'SizeZ="1" SizeC="2" SizeT="1"', blocks, more: 'PhysicalSizeX="0.5" PhysicalSizeY="0.5"' }),
      root,
    );
  const beside = (files: Record<string, Uint8Array>, name = names[1]!): Beside => ({
    name,
    sibling: async (wanted) => {
      const bytes = files[wanted];
      return bytes && { ...memorySource(bytes), [Symbol.asyncDispose]: async () => {} };
    },
  });

  it.each([
    ['a TIFF', 'a_0.ome.tif', file(1, words('UUID="urn:uuid:0"'))],
    ['a TIFF, by a path', '../data\\a_0.ome.tif', file(1, words('UUID="urn:uuid:0"'))],
    ['a companion file', 'a.companion.ome', new Uint8Array(Buffer.from(words('')))],
    ['a companion file in UTF-16', 'a.companion.ome', new Uint8Array(Buffer.from(`\ufeff${words('')}`, 'utf16le'))],
  ])('counts where it is beside it: %s', async (_, target, other) => {
    const image = await open(file(1, pointer(target)), beside({ [target.replace(/.*[\\/]/, '')]: other }));
    expect(image.info).toMatchObject({ channels: 1, channelNames: ['Ch2'], pixelSize: { x: 0.5, y: 0.5 } });
    expect(image.axesFrom).toBe('OME');
    expect(image.notes).toEqual([]);
  });

  it.each([
    ['is not there', {}, 'which is not beside it'],
    [
      'is of other pixels',
      { 'a_0.ome.tif': file(1, words('').replace('SizeX="3"', 'SizeX="9"')) },
      'which does not help (its OME-XML says 9 x 2 pixels, the first page has 3 x 2)',
    ],
    [
      'is broken',
      { 'a_0.ome.tif': file(1, words('').slice(0, -9)) },
      'which does not help (its OME-XML is not well-formed)',
    ],
    ['has no words', { 'a_0.ome.tif': file(1, 'ImageJ=1.54f') }, 'which does not help (it has no OME-XML)'],
    [
      'has no words either',
      { 'a_0.ome.tif': file(1, pointer('b.tif')) },
      'which does not help (its OME-XML has no image with planes in this file)',
    ],
    [
      'is no TIFF',
      { 'a_0.ome.tif': new Uint8Array(Buffer.from('words')) },
      'which does not help (it starts with "word")',
    ],
    [
      'is of megabytes',
      { 'a_0.ome.tif': file(1, `${words('')}${' '.repeat(9 << 20)}`) },
      /^its OME-XML is in a_0.ome.tif, which does not help \(its words have 943\d{4} bytes\)/,
    ],
  ])('that %s: the file is read on its own, and says where its words are', async (_, files, why) => {
    const image = await open(file(1, pointer('a_0.ome.tif')), beside(files as Record<string, Uint8Array>));
    expect(image.info).toMatchObject({ positions: 1, times: 1, depths: 1, channels: 1, channelNames: [undefined] });
    expect(image.notes).toEqual([
      typeof why === 'string' ? `its OME-XML is in a_0.ome.tif, ${why}: read on its own` : expect.stringMatching(why),
    ]);
  });
});

describeWithSharedCases('OME files as their makers write them', () => {
  const read = async (...path: string[]) => {
    const name = sharedCase('tiff', ...path);
    await using source = await openFileSource(name);
    const { info, notes } = (await openImage(source, besideFile(name))) as Awaited<ReturnType<typeof open>>;
    return { info, notes };
  };

  it('Micro-Manager: three times', async () => {
    const { info } = await read('ome-uuid-without-root-uuid', 'a_MMStack_Pos0.ome.tif');
    expect(info).toMatchObject({ height: 128, width: 128, times: 3, depths: 1, channels: 1 });
  });

  it('Prairie View: each file is one plane', async () => {
    const folder = 'ome-binaryonly-prairie';
    for (const name of readdirSync(sharedCase('tiff', folder)).filter((each) => each.endsWith('.tif'))) {
      const { info, notes } = await read(folder, name);
      expect(info).toMatchObject({ height: 128, width: 128, positions: 1, times: 1, depths: 1, channels: 1 });
      expect(info.pixelSize).toEqual({ x: 0.5, y: 0.5 });
      expect(notes).toEqual([]);
    }
  });
});
