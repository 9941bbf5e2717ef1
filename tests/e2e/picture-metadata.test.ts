import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { resultPictureRef, uprightRef } from '../../functions/core/pictures/keys.ts';
import type { PictureRef } from '../../functions/core/pictures/picture.ts';
import { readBytes } from '../../functions/object-streams/read-object.ts';
import { readPicture } from '../../functions/photographs/read-picture.ts';
import { decision, newVersion } from '../contract/pictures.ts';
import { type OddPhotograph, oddJpegs, oddOthers, secret } from '../support/odd-photographs.ts';
import { coloursOf, turned } from '../support/photographs.ts';
import { type PictureWorld, pictureWorld } from '../support/picture-world.ts';

/** A review, so that what a reviewer sees is stored too. */
const reviewed = `
name: reviewed
consent: [process]
region: { detector: face }
transform: [outline]
complete: { show: owner, review: true }
`;

/** Markers of a JPEG in their order, and how many bytes are behind its end. Source: ITU T.81, annex B. */
function jpegParts(bytes: Uint8Array): { markers: string[]; behind: number } {
  const markers: string[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  for (;;) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff) throw new Error(`no marker at byte ${at}`);
    if (marker === 0xd9) return { markers, behind: bytes.length - at - 2 };
    const length = view.getUint16(at + 2);
    markers.push(marker === 0xe0 ? `APP0 of ${length} bytes` : marker.toString(16));
    at += 2 + length;
    if (marker === 0xda) while (bytes[at] !== 0xff || bytes[at + 1] === 0 || (bytes[at + 1]! & 0xf8) === 0xd0) at++;
  }
}

/** Names of the chunks of a PNG, in order. */
function pngParts(bytes: Uint8Array): string[] {
  const names: string[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at < bytes.length; at += 12 + view.getUint32(at))
    names.push(Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1'));
  return names;
}

describe('metadata of a photograph', () => {
  let world: PictureWorld;
  const photographs = new Map<string, OddPhotograph>();
  beforeAll(async () => {
    for (const each of [...(await oddJpegs()), ...(await oddOthers())]) photographs.set(each.name, each);
    const face = { x: 8, y: 8, width: 40, height: 40 };
    world = pictureWorld({ recipes: [reviewed], findFaces: async () => [face] });
    await world.people.agreements.publish(newVersion());
    await world.people.pictures.decide(decision());
  });
  afterAll(() => world?.[Symbol.dispose]());

  /** What is stored for whoever reviews it, and what is shown. */
  const worked = async (ref: PictureRef, bytes: Uint8Array): Promise<[upright: Uint8Array, shown: Uint8Array]> => {
    const { pictures } = world.people;
    await world.send(ref, bytes);
    await world.work();
    const upright = await readBytes(world.objects, uprightRef(ref));
    const { regions = [] } = (await pictures.get(ref))!;
    await pictures.take(ref, { do: 'reviewed', by: 'owner', regions });
    await world.queue.send('pictures', [{ kind: 'swap', ...ref }]);
    await world.work();
    return [upright, await readBytes(world.objects, resultPictureRef(ref))];
  };

  it('is tried with 20 JPEGs, and with PNG and TIFF', () => {
    const kinds = [...photographs.values()].map(({ bytes }) => bytes.subarray(0, 2).toString('hex'));
    expect(kinds.filter((start) => start === 'ffd8')).toHaveLength(20);
    expect(kinds.slice(20)).toEqual(['8950', '8950', '4d4d']);
    for (const { bytes } of photographs.values()) expect(bytes.includes(secret)).toBe(true);
  });

  it('is in no byte that is kept, and turns every picture upright first', async () => {
    let number = 0;
    for (const { name, bytes, orientation } of photographs.values()) {
      const [upright, shown] = await worked({ owner: 'olga', id: `p${number++}` }, bytes);
      expect([name, pngParts(upright).join()]).toEqual([name, expect.stringMatching(/^IHDR(,IDAT)+,IEND$/)]);
      const { markers, behind } = jpegParts(shown);
      expect([name, behind, markers.filter((marker) => !/^(db|c4|c2|da|dd)$/.test(marker))]).toEqual([
        ...[name, 0, ['APP0 of 16 bytes']],
      ]);
      for (const kept of [upright, shown]) expect([name, Buffer.from(kept).includes(secret)]).toEqual([name, false]);
      expect([name, coloursOf(await readPicture(shown))]).toEqual([name, turned[orientation]]);
    }
  });
});
