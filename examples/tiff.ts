// Writes a TIFF of two channels over three depths, reads it back and says what is in it: node tiff.ts FILE
import { inspect, openImageFile, type Plane, writeImageFile } from 'labdeploy/image';

const file = process.argv[2] ?? 'example.tif';
const [height, width, depths, channels] = [48, 64, 3, 2];

/** A gradient that differs in each plane. */
function* planes(): Generator<Plane> {
  for (let depth = 0; depth < depths; depth++)
    for (let channel = 0; channel < channels; channel++)
      yield {
        ...{ height, width, samples: 1, type: 'uint16' },
        data: Uint16Array.from({ length: height * width }, (_, i) => 1000 * depth + 100 * channel + (i % width)),
      };
}

await writeImageFile(
  file,
  {
    ...{ height, width, samples: 1, type: 'uint16', positions: 1, times: 1, depths, channels },
    channelNames: ['DAPI', 'GFP'],
    pixelSize: { x: 0.325, y: 0.325, z: 2 }, // µm
  },
  planes(),
);

await using image = await openImageFile(file);
const last = await image.readPlane({ position: 0, time: 0, depth: 2, channel: 1 });
const { axes, pixelSize } = await inspect(file);
console.log(`${file}: ${axes}, ${image.info.channelNames.join(' and ')}, ${pixelSize?.x} µm a pixel`);
console.log(`first pixel of the last plane: ${last.data[0]}`);
