import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FaceDetector, openFaceDetector } from '../functions/faces/detect-faces.ts';
import { type Pixels, resize, upright } from '../functions/photographs/pixels.ts';
import { readPicture } from '../functions/photographs/read-picture.ts';

/**
 * How many faces are found, and where there are none: `node bench/faces.ts FOLDER`, with the folder `data` of
 * scikit-image. Heads of its two portraits are enlarged or reduced, turned, and put on pictures without a face.
 */

type Box = Record<'x' | 'y' | 'width' | 'height', number>;

const threshold = 0.2;
/** Found: a box shares so much of its union with the face. */
const enough = 0.3;
const heights = [160, 80, 40, 24, 16];
/** EXIF's orientations for turns by 0°, 90°, 180° and 270°. */
const turns = { upright: 1, 'by 90°': 6, 'by 180°': 3, 'by 270°': 8 };
const size = { width: 1024, height: 768 };
const corners = [
  [0.25, 0.25],
  [0.75, 0.25],
  [0.25, 0.75],
  [0.75, 0.75],
] as const;
const people = ['astronaut.png', 'camera.png'];
const grounds = ['brick.png', 'chelsea.png', 'coffee.png', 'gravel.png', 'hubble_deep_field.jpg'];

const folder = process.argv[2] ?? '.';
const read = async (name: string): Promise<Pixels> => readPicture(await readFile(join(folder, name)));

function overlap(a: Box, b: Box): number {
  const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (across <= 0 || down <= 0) return 0;
  return (across * down) / (a.width * a.height + b.width * b.height - across * down);
}

function cut({ width, data }: Pixels, box: Box): Pixels {
  const out = new Uint8Array(3 * box.width * box.height);
  for (let row = 0; row < box.height; row++) {
    const from = 3 * ((box.y + row) * width + box.x);
    out.set(data.subarray(from, from + 3 * box.width), 3 * row * box.width);
  }
  return { width: box.width, height: box.height, data: out };
}

function paste(onto: Pixels, head: Pixels, { x, y }: Pick<Box, 'x' | 'y'>): void {
  for (let row = 0; row < head.height; row++)
    onto.data.set(
      head.data.subarray(3 * row * head.width, 3 * (row + 1) * head.width),
      3 * ((y + row) * onto.width + x),
    );
}

/** The head around a face, with so much of its size on each side that the face stays in the middle. */
async function headOf(name: string, detector: FaceDetector): Promise<{ head: Pixels; face: Box }> {
  const picture = await read(name);
  const [face] = await detector.detect(picture, threshold);
  if (face === undefined) throw new Error(`no face in ${name}`);
  const padding = Math.floor(
    Math.min(
      0.5 * face.width,
      face.x,
      face.y,
      picture.width - face.x - face.width,
      picture.height - face.y - face.height,
    ),
  );
  const [x, y] = [Math.round(face.x) - padding, Math.round(face.y) - padding];
  const box = { x, y, width: Math.round(face.width) + 2 * padding, height: Math.round(face.height) + 2 * padding };
  return { head: cut(picture, box), face };
}

await using detector = await openFaceDetector(join(import.meta.dirname, '../models/faces/centerface.onnx'));
const heads = await Promise.all(people.map((name) => headOf(name, detector)));
const began = process.cpuUsage();
let megapixels = 0;
const detect = (picture: Pixels) => {
  megapixels += (picture.width * picture.height) / 1e6;
  return detector.detect(picture, threshold);
};

for (const height of heights)
  for (const [turn, orientation] of Object.entries(turns)) {
    let [found, faces, more] = [0, 0, 0];
    for (const name of grounds) {
      const picture = resize(await read(name), size.width, size.height);
      const expected = corners.map(([across, down], i): Box => {
        const { head, face } = heads[i % heads.length]!;
        const scale = height / face.height;
        const small = resize(head, Math.round(head.width * scale), Math.round(head.height * scale));
        const turned = upright(small, orientation);
        const [x, y] = [
          Math.round(across * size.width - turned.width / 2),
          Math.round(down * size.height - turned.height / 2),
        ];
        paste(picture, turned, { x, y });
        const [wide, high] = orientation > 4 ? [height, face.width * scale] : [face.width * scale, height];
        return { x: x + (turned.width - wide) / 2, y: y + (turned.height - high) / 2, width: wide, height: high };
      });
      const boxes = await detect(picture);
      faces += expected.length;
      found += expected.filter((face) => boxes.some((box) => overlap(box, face) >= enough)).length;
      more += boxes.filter((box) => expected.every((face) => overlap(box, face) < enough)).length;
    }
    console.log(`${height} px, ${turn}: ${found} of ${faces} found, ${more} boxes elsewhere`);
  }

const names = (await readdir(folder)).filter((name) => /\.(png|jpg)$/.test(name) && !people.includes(name));
const alarms: string[] = [];
let without = 0;
for (const name of names) {
  without++;
  const boxes = await detect(await read(name));
  if (boxes.length > 0) alarms.push(`${name} ${boxes.length}`);
}
console.log(`${without} pictures without a face: boxes in ${alarms.join(', ') || 'none'}`);
const { user, system } = process.cpuUsage(began);
console.log(`${((user + system) / 1e6 / megapixels).toFixed(2)} s of processor time a megapixel`);
