import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openCenterFace } from '../functions/faces/center-face.ts';
import { openFaceDetector } from '../functions/faces/detect-faces.ts';
import { type Pixels, reduce, resize, upright } from '../functions/photographs/pixels.ts';
import { readPicture } from '../functions/photographs/read-picture.ts';

/**
 * How many faces are found, and where there are none: `node bench/faces.ts PEOPLE NOBODY`, two folders of photographs, with
 * and without people. Where faces are is taken from the first look at each photograph as it is: count them by eye. Then
 * the whole photographs are reduced until their faces are small, and turned. `once` is the network's look at the picture as
 * it is, `all` what the stage does.
 */

type Box = Record<'x' | 'y' | 'width' | 'height', number>;

const threshold = 0.3;
/** Found: a box shares so much of its union with the face. */
const enough = 0.3;
/** Mean height of the faces of a photograph, px. */
const heights = [160, 80, 40, 24, 16, 12];
/** EXIF's orientations. */
const turns = { 'by 0°': 1, 'by 90°': 6, 'by 180°': 3, 'by 270°': 8 };

const weights = join(import.meta.dirname, '../models/faces/centerface.onnx');
await using detector = await openFaceDetector(weights);
await using network = await openCenterFace(weights, 1);
const looks = {
  async once(picture: Pixels): Promise<Box[]> {
    const reduced = reduce(picture, 1280);
    const scale = picture.width / reduced.width;
    const boxes = await network.detect(reduced, threshold);
    return boxes.map(({ left, top, right, bottom }) => ({
      ...{ x: left * scale, y: top * scale, width: (right - left) * scale, height: (bottom - top) * scale },
    }));
  },
  all: (picture: Pixels): Promise<Box[]> => detector.detect(picture, threshold),
};

const photographsIn = async (folder: string): Promise<{ name: string; picture: Pixels }[]> => {
  const names = (await readdir(folder)).filter((name) => /\.(png|jpg)$/.test(name));
  return Promise.all(
    names.map(async (name) => ({ name, picture: await readPicture(await readFile(join(folder, name))) })),
  );
};

/** Width and height that both have, at least 0. */
const shared = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));
const overlap = (a: Box, b: Box): number => shared(a, b) / (a.width * a.height + b.width * b.height - shared(a, b));

/** A box of a picture in the picture that is turned, which is of the size given. */
function turnBox({ x, y, width, height }: Box, turn: number, turned: Pixels): Box {
  if (turn === 6) return { x: turned.width - y - height, y: x, width: height, height: width };
  if (turn === 3) return { x: turned.width - x - width, y: turned.height - y - height, width, height };
  if (turn === 8) return { x: y, y: turned.height - x - width, width: height, height: width };
  return { x, y, width, height };
}

const [people, nobody] = [process.argv[2] ?? '.', process.argv[3] ?? '.'];
const known = [];
for (const { name, picture } of await photographsIn(people)) {
  const faces = (await detector.detect(picture, 0.5)).map(({ x, y, width, height }) => ({ x, y, width, height }));
  if (faces.length > 0) known.push({ picture, faces });
  console.log(`${name}: ${faces.length} faces`);
}

for (const height of heights)
  for (const [words, turn] of Object.entries(turns)) {
    const counts = { once: [0, 0], all: [0, 0] };
    let expected = 0;
    for (const { picture, faces } of known) {
      const scale = height / (faces.reduce((sum, face) => sum + face.height, 0) / faces.length);
      if (scale > 1) continue;
      const [width, rows] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
      const turned = upright(resize(picture, width, rows), turn);
      const smaller = faces.map(({ x, y, width, height }) =>
        turnBox({ x: x * scale, y: y * scale, width: width * scale, height: height * scale }, turn, turned),
      );
      expected += faces.length;
      for (const look of ['once', 'all'] as const) {
        const boxes = await looks[look](turned);
        counts[look][0]! += smaller.filter((face) => boxes.some((box) => overlap(box, face) >= enough)).length;
        counts[look][1]! += boxes.filter((box) => smaller.every((face) => shared(box, face) === 0)).length;
      }
    }
    const { once, all } = counts;
    console.log(
      `${height} px, ${words}: once ${once[0]}, all ${all[0]} of ${expected}; boxes beside faces: ${once[1]}, ${all[1]}`,
    );
  }

const began = process.cpuUsage();
let [megapixels, pictures] = [0, 0];
const alarms: string[] = [];
for (const { name, picture } of await photographsIn(nobody)) {
  pictures++;
  megapixels += (picture.width * picture.height) / 1e6;
  const boxes = await looks.all(picture);
  if (boxes.length > 0) alarms.push(`${name} ${boxes.length}`);
}
console.log(`${pictures} pictures without a face: boxes in ${alarms.join(', ') || 'none'}`);
const { user, system } = process.cpuUsage(began);
console.log(`${((user + system) / 1e6 / megapixels).toFixed(1)} s of processor time a megapixel`);
