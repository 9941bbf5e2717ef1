import { expect, it } from '@jest/globals';
import { lookIntoEach, lookIntoFirst } from '../../../web/image/look.ts';
import { ascii, buildTiff } from '../../support/tiff-builder.ts';

const plane = { height: 2, width: 3, data: new Uint8Array(6) };
const blob = (bytes: Uint8Array | string) => new Blob([typeof bytes === 'string' ? bytes : new Uint8Array(bytes)]);
const pointer = '<OME UUID="urn:uuid:2"><BinaryOnly MetadataFile="set.companion.ome" UUID="urn:uuid:1"/></OME>';
const words =
  '<OME UUID="urn:uuid:1"><Image><Pixels DimensionOrder="XYCZT" SizeX="3" SizeY="2" SizeZ="1" SizeC="1" SizeT="1"><Channel Name="Hoechst"/><TiffData><UUID FileName="a.ome.tif">urn:uuid:2</UUID></TiffData></Pixels></Image></OME>';
const files = [
  { path: 'day/bad.tif', body: blob('no image') },
  { path: 'day/a.ome.tif', body: blob(buildTiff({ pages: [{ ...plane, tags: { 270: ascii(pointer) } }] })) },
];
const folder = new Map([
  ...files.map(({ path, body }) => [path, body] as const),
  ['day/set.companion.ome', blob(words)],
  ['other/set.companion.ome', blob('no words')],
]);

it('looks into an image with the words of the file beside it', async () => {
  const { seen, refused } = await lookIntoFirst(files, { folder });
  expect([seen?.path, seen?.info.channelNames]).toEqual(['day/a.ome.tif', ['Hoechst']]);
  expect(refused).toEqual([{ path: 'day/bad.tif', why: 'not a TIFF file: it starts with "no i"' }]);
  expect((await lookIntoEach(files, { folder })).map(({ path }) => path)).toEqual(['day/a.ome.tif']);
});

it('says that the words are elsewhere where that file was not chosen', async () => {
  const { seen } = await lookIntoFirst(files);
  expect(seen?.info.channelNames).toEqual([undefined]);
  expect(seen?.notes).toEqual(['its OME-XML is in set.companion.ome, which is not beside it: read on its own']);
});
