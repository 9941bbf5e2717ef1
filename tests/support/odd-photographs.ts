import { deflateSync } from 'node:zlib';
import { encodePng } from '../../functions/image/png.ts';
import { encodeJpeg } from '../../functions/photographs/encode-jpeg.ts';
import { ascii, blob, directory, type ExifTag, exifOf, rationals, shorts } from './exif-block.ts';
import { pngChunk, quarters } from './photographs.ts';
import * as tiff from './tiff-builder.ts';

/** A photograph with metadata that says who, where and with what; each text of it has `secret`. */
export interface OddPhotograph {
  name: string;
  bytes: Buffer;
  /** Of EXIF, 1 to 8. */
  orientation: number;
}

/** In every piece of metadata, as bytes of ASCII. */
export const secret = 'SECRET-7f3a';

const size = { width: 240, height: 120 };
const segment = (marker: number, ...parts: (string | Buffer)[]): Buffer => {
  const data = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
};
const u32 = (value: number): Buffer => {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
};

/** What a camera writes of itself, its owner and where it was. */
function cameraTags(orientation: number, little: boolean, maker = Buffer.from(`${secret} maker`)): ExifTag[] {
  return [
    ...[ascii(0x010f, `${secret} Cameras`), ascii(0x0110, 'Model'), shorts(0x0112, little, orientation)],
    ...[ascii(0x0132, '2026:11:30 10:00:00'), ascii(0x013b, `${secret} Olga`), ascii(0x8298, `${secret} Lab`)],
    directory(0x8769, [
      ...[ascii(0x9003, '2026:11:30 10:00:00'), ascii(0xa430, `${secret} owner`), ascii(0xa431, `${secret} body`)],
      ...[blob(0x927c, maker), blob(0x9286, Buffer.from(`ASCII\0\0\0${secret} comment`))],
    ]),
    directory(0x8825, [
      ...[ascii(0x0001, 'N'), rationals(0x0002, little, 52, 31, 12.5), ascii(0x0003, 'E')],
      ...[rationals(0x0004, little, 13, 24, 36), blob(0x001b, Buffer.from(`ASCII\0\0\0${secret} GPS`))],
    ]),
  ];
}
const exif = (orientation: number, little: boolean, thumbnail?: Buffer, maker?: Buffer<ArrayBuffer>): Buffer =>
  segment(
    0xe1,
    'Exif\0\0',
    exifOf(cameraTags(orientation, little, maker), { little, ...(thumbnail && { thumbnail }) }),
  );

const xmpText = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator><rdf:Seq><rdf:li>${secret} XMP</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>`;
const xmp = segment(0xe1, `http://ns.adobe.com/xap/1.0/\0${xmpText}`);
const guid = '0123456789ABCDEF0123456789ABCDEF';
const longXmp = ['first half ', 'second half'].map((half, i) =>
  segment(0xe1, 'http://ns.adobe.com/xmp/extension/\0', guid, u32(44), u32(22 * i), `${secret}${half}`),
);
/** IPTC: record 2, data sets 80 (by-line) and 90 (city). */
const iptc = Buffer.concat(
  [80, 90].map((set) => {
    const text = Buffer.from(`${secret} IPTC`);
    return Buffer.concat([Buffer.from([0x1c, 2, set, 0, text.length]), text]);
  }),
);
/** An image resource of Photoshop. */
const resource = (id: number, data: Buffer): Buffer =>
  Buffer.concat([
    ...[Buffer.from('8BIM'), Buffer.from([id >> 8, id & 255, 0, 0]), u32(data.length), data],
    Buffer.alloc(data.length % 2),
  ]);
const photoshop = (...resources: Buffer[]): Buffer => segment(0xed, 'Photoshop 3.0\0', ...resources);
/** A colour profile (ICC.1) whose description has the secret. */
function profile(): Buffer {
  const text = Buffer.concat([Buffer.from('desc\0\0\0\0', 'latin1'), u32(12), Buffer.from(`${secret}\0`)]);
  const tag = Buffer.concat([text, Buffer.alloc(80)]);
  const out = Buffer.alloc(128);
  out.write('mntrRGB XYZ ', 12, 'latin1');
  out.write('acsp', 36, 'latin1');
  out.writeUInt32BE(0x04000000, 8);
  const body = Buffer.concat([out, u32(1), Buffer.from('desc'), u32(144), u32(tag.length), tag]);
  body.writeUInt32BE(body.length, 0);
  return body;
}
const icc = (data: Buffer): Buffer[] => {
  const half = Math.floor(data.length / 2);
  return [data.subarray(0, half), data.subarray(half)].map((part, i) =>
    segment(0xe2, 'ICC_PROFILE\0', Buffer.from([i + 1, 2]), part),
  );
};
/** JUMBF (ISO 19566-5) as C2PA embeds it: a superbox with its description. */
const c2pa = (() => {
  const content = Buffer.from(`{"who":"${secret} C2PA"}`);
  const description = Buffer.concat([
    Buffer.from('6332706100110010800000aa00389b71', 'hex'),
    Buffer.from('\x03c2pa\0', 'latin1'),
  ]);
  const box = (type: string, data: Buffer) => Buffer.concat([u32(data.length + 8), Buffer.from(type), data]);
  const whole = box('jumb', Buffer.concat([box('jumd', description), box('json', content)]));
  return segment(0xeb, 'JP', Buffer.from([0, 1]), u32(1), whole);
})();
/** Behind the end of the picture: a film that a phone took with it, of noise in which markers are found by chance. */
function film(bytes: number): Buffer {
  const out = Buffer.alloc(bytes);
  let state = 1;
  for (let i = 0; i < bytes; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[i] = state >>> 24;
  }
  for (let i = 0; i < 300; i++) out.set([0xff, 0xda], 1000 + 10 * i);
  return Buffer.concat([Buffer.from(`\0\0\0\x18ftypmp42${secret} film`, 'latin1'), out]);
}
/** Multi-picture format (CIPA DC-007): that another picture follows the first. */
const multiPicture = segment(0xe2, 'MPF\0', exifOf([blob(0xb000, Buffer.from('0100')), ascii(0xb003, secret)], {}));

/** 20 JPEGs, each with another kind of metadata or the same in another order. */
export async function oddJpegs(): Promise<OddPhotograph[]> {
  const { width, height } = size;
  const plain = Buffer.from(await encodeJpeg(quarters(width, height)));
  const small = Buffer.from(await encodeJpeg(quarters(96, 96)));
  const thumbnail = Buffer.concat([small.subarray(0, 2), segment(0xfe, `${secret} small`), small.subarray(2)]);
  const jfif = plain.subarray(2, 20); // APP0, of 16 bytes
  if (jfif.subarray(4, 8).toString('latin1') !== 'JFIF') throw new Error('the encoder writes no JFIF any more');
  const rest = plain.subarray(20);
  const scan = rest.indexOf(Buffer.from([0xff, 0xda]));
  const start = plain.subarray(0, 2);
  const of = (name: string, segments: Buffer[], { orientation = 1, behind = [] as Buffer[] } = {}): OddPhotograph => ({
    ...{ name, orientation, bytes: Buffer.concat([start, ...segments, rest, ...behind]) },
  });
  const inFront = (name: string, segments: Buffer[], more: { orientation?: number; behind?: Buffer[] } = {}) =>
    of(name, [jfif, ...segments], more);
  const jfifThumbnail = segment(0xe0, 'JFIF\0\x01\x01\0\0\x01\0\x01\x08\x08', Buffer.alloc(192, secret));
  const extension = segment(0xe0, 'JFXX\0\x10', thumbnail);
  const others = [0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xef].map((each) => segment(each, `${secret} APP`));
  return [
    inFront('GPS, owner and serial numbers in EXIF, little-endian', [exif(2, true)], { orientation: 2 }),
    inFront('the same big-endian', [exif(3, false)], { orientation: 3 }),
    of('EXIF alone, without JFIF', [exif(4, true)], { orientation: 4 }),
    inFront('a maker note of 60 kB', [exif(5, true, undefined, Buffer.alloc(60_000, `${secret} maker `))], {
      orientation: 5,
    }),
    inFront('a thumbnail in EXIF', [exif(6, false, thumbnail)], { orientation: 6 }),
    inFront('EXIF twice', [exif(7, true), exif(1, true)], { orientation: 7 }),
    inFront('XMP before EXIF', [xmp, exif(8, true)], { orientation: 8 }),
    inFront('extended XMP', [xmp, ...longXmp]),
    inFront('IPTC of Photoshop', [photoshop(resource(0x0404, iptc))]),
    inFront('a thumbnail of Photoshop, in two segments', [
      photoshop(resource(0x040c, Buffer.concat([Buffer.alloc(28), thumbnail]))),
      photoshop(resource(0x03e8, Buffer.from(secret))),
    ]),
    inFront('a colour profile in two segments', icc(profile())),
    inFront(
      'three comments',
      [1, 2, 3].map((n) => segment(0xfe, `${secret} ${n}`)),
    ),
    of('thumbnails in JFIF', [jfifThumbnail, extension]),
    inFront('multi-picture format and its second picture', [multiPicture], { behind: [thumbnail] }),
    inFront('FlashPix', [segment(0xe2, 'FPXR\0\0\x01', `${secret} FlashPix`)]),
    inFront('C2PA in JUMBF', [c2pa]),
    inFront('Ducky and APP3 to APP15', [segment(0xec, 'Ducky\0\x02\0\x0f\0\0\0\x0b', secret), ...others]),
    inFront('an archive and a script behind its end', [], {
      behind: [Buffer.from(`<script>${secret}</script>PK\x03\x04`, 'latin1')],
    }),
    inFront('a film behind its end', [exif(6, true)], { orientation: 6, behind: [film(20_000)] }),
    {
      name: 'all of it, with fill bytes, and a comment between its tables and its scan',
      orientation: 8,
      bytes: Buffer.concat([
        ...[start, jfif, Buffer.alloc(3, 0xff), exif(8, false, thumbnail), xmp, photoshop(resource(0x0404, iptc))],
        ...[...icc(profile()), multiPicture, c2pa, segment(0xfe, secret), rest.subarray(0, scan)],
        ...[segment(0xfe, secret), exif(3, true), rest.subarray(scan), thumbnail, film(20_000)],
      ]),
    },
  ];
}

/** PNG and TIFF with the same. */
export async function oddOthers(): Promise<OddPhotograph[]> {
  const { width, height } = size;
  const pixels = quarters(width, height);
  const png = Buffer.from(await encodePng({ ...pixels, samples: 3 }));
  const [head, body] = [png.subarray(0, 33), png.subarray(33)];
  const text = (data: string) => Buffer.from(data, 'latin1');
  const page = { ...size, samples: 3, data: pixels.data };
  const bytesTag = (type: number, data: string | Buffer): tiff.RawField => ({
    type,
    values: new Uint8Array(Buffer.from(data)),
  });
  return [
    {
      name: 'a PNG with texts, time and profile',
      orientation: 1,
      bytes: Buffer.concat([
        ...[head, pngChunk('tEXt', text(`Author\0${secret}`)), pngChunk('tIME', Buffer.from('07ea0b1e0a0000', 'hex'))],
        pngChunk('iTXt', text(`XML:com.adobe.xmp\0\0\0\0\0${xmpText}`)),
        pngChunk('zTXt', Buffer.concat([text('Comment\0\0'), deflateSync(secret)])),
        ...[pngChunk('iCCP', Buffer.concat([text(`${secret}\0\0`), deflateSync(profile())])), body],
      ]),
    },
    {
      name: 'a PNG with EXIF behind its pixels, and an archive behind its end',
      orientation: 6,
      bytes: Buffer.concat([
        ...[head, body.subarray(0, -12), pngChunk('eXIf', exifOf(cameraTags(6, false), { little: false }))],
        ...[pngChunk('prVt', text(secret)), body.subarray(-12), text(`PK\x03\x04${secret}`)],
      ]),
    },
    {
      name: 'a TIFF with texts, XMP, IPTC and Photoshop',
      orientation: 5,
      bytes: Buffer.from(
        tiff.buildTiff({
          little: false,
          pages: [
            {
              ...page,
              tags: {
                ...{
                  270: tiff.ascii(`${secret} description`),
                  271: tiff.ascii(secret),
                  315: tiff.ascii(`${secret} Olga`),
                },
                ...{ 274: tiff.short(5), 700: bytesTag(1, xmpText), 33723: bytesTag(7, iptc) },
                ...{ 34377: bytesTag(1, resource(0x03e8, Buffer.from(secret))), 34675: bytesTag(7, profile()) },
              },
            },
            { width: 24, height: 12, samples: 3, data: quarters(24, 12).data, tags: { 270: tiff.ascii(secret) } },
          ],
        }),
      ),
    },
  ];
}
