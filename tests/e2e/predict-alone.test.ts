import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openLocalObjectStore } from '../../functions/adapters/local/object-store.ts';
import { inputRef, resultRef } from '../../functions/core/object-keys.ts';
import { predictAlone } from '../../functions/runtime/predict-alone.ts';
import { openWorkJournal } from '../../functions/runtime/work-journal.ts';
import { bytesOf } from '../support/bytes.ts';
import { cli, jsonLines } from '../support/cli.ts';
import { modelFolder } from '../support/models.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { ascii, buildTiff } from '../support/tiff-builder.ts';
import { treeOf } from '../support/tree.ts';

const plane = (description: string): Uint8Array =>
  buildTiff({ pages: [{ height: 32, width: 32, data: new Uint8Array(32 * 32), tags: { 270: ascii(description) } }] });
const block = (time: number): string =>
  `<TiffData FirstT="${time}" IFD="0"><UUID FileName="${time}.ome.tif">urn:uuid:${time}</UUID></TiffData>`;
const words = plane(
  `<OME UUID="urn:uuid:0"><Image><Pixels DimensionOrder="XYCZT" SizeX="32" SizeY="32" SizeZ="1" SizeC="1" SizeT="2" PhysicalSizeX="0.5" PhysicalSizeY="0.5"><Channel Name="GFP"/>${block(0)}${block(1)}</Pixels></Image></OME>`,
);
const pointer = plane('<OME UUID="urn:uuid:1"><BinaryOnly MetadataFile="0.ome.tif" UUID="urn:uuid:0"/></OME>');
const model = modelFolder('identity');

describe('an image that was in work when a process was killed, whose words are in another file', () => {
  let folder: TemporaryFolder;
  const at = (...names: string[]) => join(folder.path, ...names);
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder[Symbol.asyncDispose]());

  it('has the same results from the next run as from one that nobody disturbed', async () => {
    await mkdir(at('images'));
    await writeFile(at('images', '0.ome.tif'), words);
    await writeFile(at('images', '1.ome.tif'), pointer);
    const args = ['run', at('images'), '-o', at('out'), '--model', model, '--json'];
    expect((await cli(args)).code).toBe(0);
    const undisturbed = await treeOf(at('out'));
    expect(undisturbed['summary.csv']).toBeDefined();
    await rm(at('out', '.labdeploy', 'store'), { recursive: true });
    openWorkJournal(at('out', '.labdeploy', 'in-work')).begin({ owner: 'local', id: 'run', path: '1.ome.tif' });
    const again = await cli(args);
    expect(jsonLines(again.stdout).find(({ event }) => event === 'run.done')).toMatchObject({ done: 2, reused: 0 });
    expect(await treeOf(at('out'))).toEqual(undisturbed);
  }, 60_000);

  it.each([
    ['has them where that file is among the inputs', true, { x: 0.5, y: 0.5 }],
    ['leaves no result where that file is still on its way', false, 'no summary'],
  ])(
    '%s',
    async (_, sent, expected) => {
      const image = { owner: 'ann', id: 'job', path: 'day1/1.ome.tif' };
      const store = { root: at('store'), durable: true };
      await using objects = await openLocalObjectStore(store);
      await objects.put(inputRef(image, image.path), pointer);
      if (sent) await objects.put(inputRef(image, 'day1/0.ome.tif'), words);
      const limits = { workers: 1, memoryLimit: 1e9 };
      const task = {
        image,
        settings: { model: { name: 'Identity', sha256: 'a'.repeat(64) } },
        generation: 1,
        model,
        store,
        ...limits,
      };
      expect(await predictAlone(task, new AbortController().signal)).toBe('ended');
      const ref = resultRef(image, image.path, 'summary.json');
      const summary = (await objects.head(ref)) && JSON.parse((await bytesOf(await objects.get(ref))).toString());
      expect(summary === undefined ? 'no summary' : summary.pixelSize).toEqual(expected);
      expect(await objects.head(resultRef(image, image.path, 'labels.tif'))).toBeDefined();
    },
    60_000,
  );
});
