import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Plane } from '../../functions/image/image.ts';
import { openEngine } from '../../functions/model/engine/engine.ts';
import { planTiles } from '../../functions/model/engine/tiles.ts';
import { openModel, tileRules } from '../../functions/model/package/package.ts';
import type { Benchmark, Context, Measured } from '../benchmark.ts';
import { nucleiPlane, side40MB } from '../microscope-folder.ts';
import { seconds, takeTurns } from '../pairs.ts';
import { root } from '../tools.ts';

/** Pixels a side of the reference's tile. */
const tile = 512;

/** A whole plane through the engine (normalising, cutting, predicting, joining) against one tile of the bare runtime. */
export const inference: Benchmark[] = [
  of('inference-nuclei', 'models/nuclei'),
  of('inference-broad', '../shared/data/models/unet2d_nuclei_broad'),
];

function of(name: string, folder: string): Benchmark {
  const path = join(root, folder);
  const what = `a 40 MB plane through ${folder}, against session.run of one ${tile} x ${tile} tile, per pixel`;
  return {
    rows: [{ name, what, target: { atLeast: 0.9 } }],
    needs: [],
    measure: async (context) => ({
      [name]: existsSync(path) ? await measure(path, context) : { missing: `the model package ${folder}` },
    }),
  };
}

async function measure(path: string, { quick }: Context): Promise<Measured> {
  const side = quick ? 600 : side40MB;
  const model = await openModel(path);
  const workers = availableParallelism();
  await using engine = await openEngine(model, { workers });
  const session = await InferenceSession.create(Buffer.from(model.weights));
  const data = new Uint16Array(new SharedArrayBuffer(2 * side * side));
  data.set(nucleiPlane(side, 1));
  const plane: Plane = { height: side, width: side, samples: 1, type: 'uint16', data };
  const input = Float32Array.from({ length: tile * tile }, (_, i) => data[i]! / 1000);
  const feeds = { [session.inputNames[0]!]: new Tensor('float32', input, [1, 1, tile, tile]) };
  const tiles = quick ? 1 : 30;
  const million = 1e6;
  const turns = await takeTurns(
    quick ? 1 : 5,
    async () => ((await seconds(() => engine.predict([plane]))) * million) / (side * side),
    async () => {
      const taken = await seconds(async () => {
        for (let i = 0; i < tiles; i++) await session.run(feeds);
      });
      return (taken * million) / (tiles * tile * tile);
    },
  );
  await session.release();
  const plan = planTiles(side, side, tileRules(model.description));
  const predicted = plan.y.spans.length * plan.x.spans.length * plan.height * plan.width;
  return {
    ...turns,
    unit: 's',
    commands: [
      `ours: seconds a million pixels of the plane (${side} x ${side}) by engine.predict, ${workers} workers; its tiles of ${plan.height} x ${plan.width} overlap, so ${(predicted / side ** 2).toFixed(2)} pixels go through the model for each of the plane`,
      `reference: seconds a million pixels by session.run (onnxruntime-node, default threads) on one ${tile} x ${tile} tile, ${tiles} times`,
    ],
  };
}
