import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { uploadRef } from '../../../functions/core/object-keys.ts';
import { unpack } from '../../../functions/stages/unzip/unpack.ts';
import { noise } from '../../support/bytes.ts';
import { type StageWorld, stageWorld } from '../../support/stage-world.ts';
import {
  type BuiltZip,
  buildZip,
  descriptor,
  descriptorFlag,
  extraField,
  unicodePath,
  utf8Flag,
  zip64Extra,
} from '../../support/zip-builder.ts';

const image = noise(3000);
const text = Buffer.from('not an image');
const packed = deflateRawSync(image);
const large = noise(100_000);
const packedLarge = deflateRawSync(large);
const good = { name: 'good.tif', data: image };
const copied = { 'good.tif': image };

async function deliver(world: StageWorld, zip: Uint8Array) {
  await world.objects.put(uploadRef(world.job, 'folder.zip'), zip);
  return unpack({ ...world.job, archive: 'folder.zip' }, world);
}

interface Expected {
  inputs: Record<string, Buffer>;
  /** `path: code: message` of the files that failed. */
  failed?: string[];
  leftOut?: string[];
}

const leftOut = (path: string) =>
  `${path}: imageLeftOut: left out: its name does not end in .tif, .tiff, .btf, .tf8, .lsm, .stk, .png or .jpg`;
const refusedName = (path: string, why: string) => `${path}: pathRefused: the file name is refused: ${why}`;
const broken = (path: string, why: string) => `${path}: archiveBroken: the zip is damaged or not a zip: ${why}`;
const unsupported = (path: string, why: string) =>
  `${path}: archiveUnsupported: this kind of zip entry cannot be unpacked: ${why}`;
const unsafe = (path: string, why: string) => `${path}: archiveUnsafe: the zip is refused: ${why}`;

const unpacked: [string, BuiltZip, Expected][] = [
  ['a stored entry', { entries: [good] }, { inputs: copied }],
  ['a deflated entry', { entries: [{ ...good, method: 8 }] }, { inputs: copied }],
  ['an empty file, for predict to name', { entries: [{ name: 'a.tif' }] }, { inputs: { 'a.tif': Buffer.alloc(0) } }],
  ['an empty deflated file', { entries: [{ name: 'a.tif', method: 8 }] }, { inputs: { 'a.tif': Buffer.alloc(0) } }],
  ['no entries at all', { entries: [] }, { inputs: {} }],
  ['folders, which are not files', { entries: [{ name: 'cells/' }, good] }, { inputs: copied }],
  [
    'a folder marked only in its attributes',
    { entries: [{ name: 'cells', externalAttributes: 0o040755 * 0x10000 }, good] },
    { inputs: copied },
  ],
  [
    'a common top folder, which stays',
    {
      entries: [
        { name: 'experiment 1/a.tif', data: image },
        { name: 'experiment 1/b/c.tif', data: text },
      ],
    },
    { inputs: { 'experiment 1/a.tif': image, 'experiment 1/b/c.tif': text } },
  ],
  ['./ before the name', { entries: [{ name: './good.tif', data: image }] }, { inputs: copied }],
  [
    'backslashes as some Windows tools write them',
    { entries: [{ name: 'a\\b.tif', data: image }, { name: 'a\\' }] },
    { inputs: { 'a/b.tif': image } },
  ],
  [
    'what macOS and Windows leave beside the files',
    {
      entries: [
        { name: '__MACOSX/a/._good.tif', data: text },
        { name: 'a/.DS_Store', data: text },
        { name: 'Thumbs.db', data: text },
        good,
      ],
    },
    {
      inputs: copied,
      leftOut: ['__MACOSX/a/._good.tif', 'a/.DS_Store', 'Thumbs.db'].map(
        (path) => `${path}: imageLeftOut: left out: Finder or Explorer made it`,
      ),
    },
  ],
  [
    'hidden files, as in a folder',
    {
      entries: [{ name: '.hidden.tif', data: image }, { name: 'a/.cache/b.tif', data: image }, good],
    },
    {
      inputs: copied,
      leftOut: ['.hidden.tif', 'a/.cache/b.tif'].map(
        (path) => `${path}: imageLeftOut: left out: it is hidden: its name or that of its folder starts with a dot`,
      ),
    },
  ],
  [
    'files that are no images, by name',
    { entries: [{ name: 'readme.txt', data: text }, { name: 'photo.gif', data: text }, good] },
    { inputs: copied, leftOut: [leftOut('photo.gif'), leftOut('readme.txt')] },
  ],
  [
    'a zip inside the zip',
    { entries: [{ name: 'more.zip', data: buildZip({ entries: [good] }) }, good] },
    {
      inputs: copied,
      leftOut: ['more.zip: imageLeftOut: left out: it is a zip among the files: send it by itself'],
    },
  ],
  [
    'names in UTF-8, decomposed as macOS writes them',
    { entries: [{ name: 'zelle a\u0308 µ#+%.tif', flags: utf8Flag, data: image }] },
    { inputs: { 'zelle ä µ#+%.tif': image } },
  ],
  [
    'names in UTF-8 that are not marked as such',
    { entries: [{ name: '細胞.tif', data: image }] },
    { inputs: { '細胞.tif': image } },
  ],
  [
    'names in code page 437',
    { entries: [{ rawName: Buffer.from([0x81, 0x62, 0x65, 0x72, 0x2e, 0x74, 0x69, 0x66]), data: image }] },
    { inputs: { 'über.tif': image } },
  ],
  [
    'the unicode path field before the name',
    { entries: [{ name: '??.tif', extra: unicodePath(Buffer.from('??.tif'), '細胞.tif'), data: image }] },
    { inputs: { '細胞.tif': image } },
  ],
  [
    'the name where the unicode path field belongs to another',
    { entries: [{ name: 'b.tif', extra: unicodePath(Buffer.from('b.tif'), 'c.tif', 1), data: image }] },
    { inputs: { 'b.tif': image } },
  ],
  [
    'comments of the archive and of an entry',
    { entries: [{ ...good, comment: 'first light' }], comment: Buffer.from('made by a microscope') },
    { inputs: copied },
  ],
  [
    'unknown extra fields',
    { entries: [{ ...good, extra: extraField(0xcafe, text), local: { extra: extraField(0xbeef, text) } }] },
    { inputs: copied },
  ],
  [
    'sizes that follow the data',
    {
      entries: [
        {
          ...good,
          method: 8,
          flags: descriptorFlag,
          local: { crc32: 0, bytes: 0, packedBytes: 0 },
          after: descriptor(image, packed.length),
        },
        { name: 'b.tif', data: text },
      ],
    },
    { inputs: { ...copied, 'b.tif': text } },
  ],
  [
    'sizes that follow without a signature',
    {
      entries: [
        {
          ...good,
          flags: descriptorFlag,
          local: { crc32: 0, bytes: 0, packedBytes: 0 },
          after: descriptor(image, image.length, { signature: false }),
        },
        { name: 'b.tif', data: text },
      ],
    },
    { inputs: { ...copied, 'b.tif': text } },
  ],
  [
    'gaps between entries',
    {
      entries: [
        { ...good, after: Buffer.alloc(5000) },
        { name: 'b.tif', data: text },
      ],
      before: Buffer.alloc(100),
    },
    { inputs: { ...copied, 'b.tif': text } },
  ],
  ['a Zip64 end record', { entries: [good], zip64: true }, { inputs: copied }],
  [
    'sizes in Zip64 fields',
    {
      entries: [
        {
          ...good,
          bytes: 0xffffffff,
          packedBytes: 0xffffffff,
          extra: zip64Extra(image.length, image.length),
          local: { extra: zip64Extra(image.length, image.length) },
        },
      ],
    },
    { inputs: copied },
  ],
  [
    'an offset in a Zip64 field',
    { entries: [{ ...good, offset: 0xffffffff, extra: zip64Extra(0) }] },
    { inputs: copied },
  ],
  [
    'names that differ in case only',
    {
      entries: [
        { name: 'a.tif', data: image },
        { name: 'A.tif', data: text },
      ],
    },
    { inputs: { 'A.tif': text, 'a.tif': image } },
  ],

  [
    'an encrypted entry',
    { entries: [{ name: 'a.tif', flags: 1, data: image }, good] },
    { inputs: copied, failed: [unsupported('a.tif', 'it is encrypted')] },
  ],
  [
    'an entry encrypted with AES',
    { entries: [{ name: 'a.tif', flags: 1, method: 99, data: image }, good] },
    { inputs: copied, failed: [unsupported('a.tif', 'it is encrypted')] },
  ],
  [
    'deflate64',
    { entries: [{ name: 'a.tif', method: 9, data: image }, good] },
    { inputs: copied, failed: [unsupported('a.tif', 'it is compressed with deflate64 (method 9)')] },
  ],
  [
    'zstd',
    { entries: [{ name: 'a.tif', method: 93, data: image }, good] },
    { inputs: copied, failed: [unsupported('a.tif', 'it is compressed with zstd (method 93)')] },
  ],
  [
    'an unknown method',
    { entries: [{ name: 'a.tif', method: 1234, data: image }, good] },
    { inputs: copied, failed: [unsupported('a.tif', 'it is compressed with the unknown method 1234')] },
  ],
  [
    'patched data',
    { entries: [{ name: 'a.tif', flags: 0x20, data: image }, good] },
    { inputs: copied, failed: [unsupported('a.tif', 'it is a patch of another file')] },
  ],
  [
    'a symbolic link',
    { entries: [{ name: 'a.tif', data: Buffer.from('/etc/passwd'), externalAttributes: 0o120777 * 0x10000 }, good] },
    { inputs: copied, failed: [unsupported('a.tif', 'it is a symbolic link, not a file')] },
  ],
  [
    'a named pipe',
    { entries: [{ name: 'a.tif', externalAttributes: 0o010644 * 0x10000 }, good] },
    { inputs: copied, failed: [unsupported('a.tif', 'it is a special file, not a file')] },
  ],
  [
    'a path out of the folder',
    { entries: [{ name: '../../etc/cron.tif', data: image }, good] },
    { inputs: copied, failed: [refusedName('../../etc/cron.tif', "the path holds '..'")] },
  ],
  [
    'a path out of the folder with backslashes',
    { entries: [{ name: '..\\..\\a.tif', data: image }, good] },
    { inputs: copied, failed: [refusedName('../../a.tif', "the path holds '..'")] },
  ],
  [
    'an absolute path',
    { entries: [{ name: '/a.tif', data: image }, good] },
    { inputs: copied, failed: [refusedName('/a.tif', 'the path is absolute')] },
  ],
  [
    'a drive letter',
    { entries: [{ name: 'C:\\a.tif', data: image }, good] },
    { inputs: copied, failed: [refusedName('C:/a.tif', 'the path starts with a drive letter')] },
  ],
  [
    'a control character in a name',
    { entries: [{ name: 'a\u001b[2J.tif', data: image }, good] },
    { inputs: copied, failed: [refusedName('a\\u{1b}[2J.tif', 'the name holds a control character')] },
  ],
  [
    'an empty name',
    { entries: [{ name: '', data: image }, good] },
    { inputs: copied, failed: [refusedName('(no name)', 'the name is empty')] },
  ],
  [
    'a name marked as UTF-8 that is not',
    { entries: [{ rawName: Buffer.from([0xff, 0x2e, 0x74, 0x69, 0x66]), flags: utf8Flag, data: image }, good] },
    { inputs: copied, failed: [refusedName('ÿ.tif', 'it is not valid UTF-8')] },
  ],
  [
    'two entries of one name',
    { entries: [{ name: 'a.tif', data: image }, { name: 'a.tif', data: text }, good] },
    { inputs: copied, failed: [unsafe('a.tif', '2 entries have this name')] },
  ],
  [
    'two entries of one name once normalised',
    { entries: [{ name: '\u00e4.tif', data: image }, { name: 'a\u0308.tif', data: text }, good] },
    { inputs: copied, failed: [unsafe('ä.tif', '2 entries have this name')] },
  ],
  [
    'a file inside a file',
    {
      entries: [
        { name: 'a.tif', data: image },
        { name: 'a.tif/b.tif', data: text },
      ],
    },
    { inputs: { 'a.tif': image }, failed: [unsafe('a.tif/b.tif', "'a.tif' is a file and a folder at once")] },
  ],
  [
    'a wrong checksum of a stored entry',
    { entries: [{ name: 'a.tif', data: image, crc32: 1 }, good] },
    { inputs: copied, failed: [broken('a.tif', 'its bytes do not have the CRC-32 that the zip states')] },
  ],
  [
    'a wrong checksum of a deflated entry',
    { entries: [{ name: 'a.tif', data: image, method: 8, crc32: 1 }, good] },
    { inputs: copied, failed: [broken('a.tif', 'its bytes do not have the CRC-32 that the zip states')] },
  ],
  [
    'a stored entry of two sizes',
    { entries: [{ name: 'a.tif', data: image, bytes: 3001 }, good] },
    { inputs: copied, failed: [broken('a.tif', 'it is stored, yet 3000 bytes are to make 3001')] },
  ],
  [
    'a deflated entry that holds more than it says',
    { entries: [{ name: 'a.tif', method: 8, data: image, bytes: 2999 }, good] },
    { inputs: copied, failed: [broken('a.tif', 'more than the declared 2999 bytes come out')] },
  ],
  [
    'a deflated entry that holds less than it says',
    { entries: [{ name: 'a.tif', method: 8, data: image, bytes: 3001 }, good] },
    { inputs: copied, failed: [broken('a.tif', '3000 of the declared 3001 bytes come out')] },
  ],
  [
    'deflated data that stop early',
    { entries: [{ name: 'a.tif', method: 8, data: image, packed: packed.subarray(0, 100) }, good] },
    { inputs: copied, failed: [broken('a.tif', 'unexpected end of file')] },
  ],
  [
    'deflated data that are none',
    { entries: [{ name: 'a.tif', method: 8, data: image, packed: Buffer.alloc(300, 0xff) }, good] },
    { inputs: copied, failed: [broken('a.tif', 'invalid block type')] },
  ],
  [
    'bytes behind the end of deflated data',
    { entries: [{ name: 'a.tif', method: 8, data: image, packed: Buffer.concat([packed, text]) }, good] },
    {
      inputs: copied,
      failed: [broken('a.tif', `the data end after ${packed.length} of ${packed.length + text.length} bytes`)],
    },
  ],
  [
    'a large deflated entry, in a stream',
    { entries: [{ name: 'a.tif', method: 8, data: large }] },
    { inputs: { 'a.tif': large } },
  ],
  [
    'a large deflated entry that holds more than it says',
    { entries: [{ name: 'a.tif', method: 8, data: large, bytes: 99_999 }, good] },
    { inputs: copied, failed: [broken('a.tif', 'more than the declared 99999 bytes come out')] },
  ],
  [
    'a large deflated entry that holds less than it says',
    { entries: [{ name: 'a.tif', method: 8, data: large, bytes: 100_001 }, good] },
    { inputs: copied, failed: [broken('a.tif', '100000 of the declared 100001 bytes come out')] },
  ],
  [
    'large deflated data that stop early',
    { entries: [{ name: 'a.tif', method: 8, data: large, packed: packedLarge.subarray(0, 90_000) }, good] },
    { inputs: copied, failed: [broken('a.tif', 'unexpected end of file')] },
  ],
  [
    'large deflated data with a damaged block',
    { entries: [{ name: 'a.tif', method: 8, data: large, packed: Buffer.alloc(100_000, 0xff) }, good] },
    { inputs: copied, failed: [broken('a.tif', 'invalid block type')] },
  ],
  [
    'bytes behind the end of large deflated data',
    { entries: [{ name: 'a.tif', method: 8, data: large, packed: Buffer.concat([packedLarge, large]) }, good] },
    {
      inputs: copied,
      failed: [broken('a.tif', `the data end after ${packedLarge.length} of ${packedLarge.length + 100_000} bytes`)],
    },
  ],
  [
    'two headers with two names',
    { entries: [{ name: 'a.tif', data: image, local: { rawName: Buffer.from('b.tif') } }, good] },
    { inputs: copied, failed: [unsafe('a.tif', 'its two headers disagree about their names')] },
  ],
  [
    'two headers with two methods',
    { entries: [{ name: 'a.tif', data: image, local: { method: 8 } }, good] },
    { inputs: copied, failed: [unsafe('a.tif', 'its two headers disagree about their compression methods')] },
  ],
  [
    'two headers with two sizes',
    { entries: [{ name: 'a.tif', data: image, local: { bytes: 5 } }, good] },
    { inputs: copied, failed: [unsafe('a.tif', 'its two headers disagree about their sizes')] },
  ],
  [
    'two headers with two checksums',
    { entries: [{ name: 'a.tif', data: image, local: { crc32: 5 } }, good] },
    { inputs: copied, failed: [unsafe('a.tif', 'its two headers disagree about their checksums')] },
  ],
  [
    'a header that alone says encrypted',
    { entries: [{ name: 'a.tif', data: image, local: { flags: 1 } }, good] },
    { inputs: copied, failed: [unsafe('a.tif', 'its two headers disagree about their encryption')] },
  ],
  [
    'sizes of zero without the mark that they follow',
    { entries: [{ name: 'a.tif', data: image, local: { bytes: 0, packedBytes: 0 } }, good] },
    { inputs: copied, failed: [unsafe('a.tif', 'its two headers disagree about their sizes')] },
  ],
  [
    'an entry whose header is not where the directory says',
    { entries: [{ name: 'a.tif', data: image, offset: 7 }, good], before: Buffer.alloc(20) },
    { inputs: copied, failed: [broken('a.tif', 'there is no entry at byte 7')] },
  ],
  [
    'an entry that reaches into the next by its local extra field',
    {
      entries: [
        { name: 'a.tif', data: image, local: { extra: extraField(0xbeef, Buffer.alloc(16)) }, after: Buffer.alloc(99) },
        { name: 'b.tif', absent: true, offset: 3040 },
        good,
      ],
    },
    {
      inputs: copied,
      failed: [
        unsafe('a.tif', '"a.tif" overlaps what comes after it'),
        broken('b.tif', 'there is no entry at byte 3040'),
      ],
    },
  ],
];

describe.each([
  ['of which all bytes pass through', {}],
  ['whose stored entries the store copies', { copiesFrom: 1 }],
])('unpacking a zip %s', (_way, store) => {
  it.each(unpacked)('handles %s', async (_name, zip, { inputs, failed = [], leftOut = [] }) => {
    const world = await stageWorld({}, store);
    const result = await deliver(world, buildZip(zip));
    expect(result).toMatchObject({ images: Object.keys(inputs).length, written: Object.keys(inputs).length });
    expect(await world.objectsIn('inputs')).toEqual(inputs);
    const pending = Object.keys(inputs).map((path) => `${path}: pending`);
    expect((await world.outcomes()).sort()).toEqual([...pending, ...failed, ...leftOut].sort());
    expect(await world.jobs.get(world.job)).toMatchObject({
      sealed: true,
      expected: pending.length + failed.length + leftOut.length,
      failed: failed.length,
      leftOut: leftOut.length,
    });
  });
});

const zipFailures: [string, Uint8Array, string][] = [
  ['no bytes', Buffer.alloc(0), 'archiveBroken'],
  ['something else than a zip', noise(100_000), 'archiveBroken'],
  ['a zip that is cut off', buildZip({ entries: [good] }).subarray(0, 3010), 'archiveBroken'],
  ['a zip that lost its end', buildZip({ entries: [good] }).subarray(0, -1), 'archiveBroken'],
  ['a zip that lost its start', buildZip({ entries: [good] }).subarray(10), 'archiveBroken'],
  ['bytes behind the end', buildZip({ entries: [good], after: Buffer.from('more') }), 'archiveBroken'],
  [
    'a directory that is not where the end says',
    buildZip({ entries: [good], end: { directoryOffset: 5 } }),
    'archiveBroken',
  ],
  ['a directory beyond the end', buildZip({ entries: [good], end: { directoryOffset: 1e9 } }), 'archiveBroken'],
  [
    'more entries than declared',
    buildZip({ entries: [good, { name: 'b.tif' }], end: { entries: 1 } }),
    'archiveBroken',
  ],
  ['fewer entries than declared', buildZip({ entries: [good], end: { entries: 2 } }), 'archiveBroken'],
  ['a part of a split zip', buildZip({ entries: [good], end: { disk: 1 } }), 'archiveUnsupported'],
  ['an encrypted directory', buildZip({ entries: [{ ...good, flags: 0x41 }] }), 'archiveUnsupported'],
  ['a Zip64 record beyond the end', buildZip({ entries: [good], zip64: { recordOffset: 1e12 } }), 'archiveBroken'],
  ['a Zip64 record of endless entries', buildZip({ entries: [good], zip64: { entries: 1e15 } }), 'archiveUnsafe'],
  [
    'an extra field longer than its header',
    buildZip({ entries: [{ ...good, extra: Buffer.from([1, 0, 99, 0]) }] }),
    'archiveBroken',
  ],
  [
    'a missing Zip64 size',
    buildZip({ entries: [{ ...good, bytes: 0xffffffff, extra: zip64Extra() }] }),
    'archiveBroken',
  ],
  [
    'two entries with the same bytes',
    buildZip({ entries: [good, { name: 'b.tif', data: image, absent: true, offset: 0 }] }),
    'archiveUnsafe',
  ],
  [
    'an entry inside another',
    buildZip({
      entries: [
        { ...good, packedBytes: 3060, bytes: 3060 },
        { name: 'b.tif', data: image },
      ],
    }),
    'archiveUnsafe',
  ],
  [
    'an entry beyond the data',
    buildZip({ entries: [good, { name: 'b.tif', absent: true, offset: 1e9 }] }),
    'archiveBroken',
  ],
  [
    'an entry that reaches into the directory',
    buildZip({ entries: [{ ...good, packedBytes: 3060, bytes: 3060 }] }),
    'archiveBroken',
  ],
];

describe('a zip that is bad as a whole', () => {
  it.each(zipFailures)('fails the job and writes nothing: %s', async (_name, zip, code) => {
    const world = await stageWorld();
    expect(await deliver(world, zip)).toMatchObject({ failed: { code } });
    expect(await world.jobs.get(world.job)).toMatchObject({ state: 'failed', failure: { code }, expected: 0 });
    expect(await world.objectsIn('inputs')).toEqual({});
    expect(await world.queue.depth('zips')).toEqual({ waiting: 0, hidden: 0, dead: 0 });
  });
});
