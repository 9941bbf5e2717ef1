import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { builtProgram } from '../build.ts';
import { nucleiPlane, pixelSize, side40MB } from '../microscope-folder.ts';
import { writePlainTiff } from '../plain-tiff.ts';
import { processorSeconds } from '../process-tree.ts';
import { root } from '../tools.ts';

const channels = 3;
const ring = '5';

/** What channels beside the predicted one cost, in processor time: reading them and measuring them in every object. */
export const channelCosts: Benchmark = {
  rows: [
    {
      name: 'channel',
      what: 'each further channel of a 40 MB plane, read and measured in 4,000 objects: processor time',
      target: { under: 0.5, unit: 's' },
    },
    {
      name: 'channel-ring',
      what: 'a ring of 5 px around 4,000 objects of a 40 MB plane, and 3 channels in it: processor time',
      target: { under: 1.5, unit: 's' },
    },
  ],
  needs: ['proc'],
  async measure({ folder, quick, pairs = 3 }) {
    const side = quick ? 300 : side40MB;
    const files = quick ? 1 : 4;
    for (const count of [1, channels]) {
      await mkdir(join(folder, `of-${count}`));
      for (let file = 0; file < files; file++)
        await writePlainTiff(
          join(folder, `of-${count}`, `field-${file}.tif`),
          { height: side, width: side, planes: count, pixelSize },
          (channel) => nucleiPlane(side, channel === 0 ? file + 1 : 100 + file + channel),
        );
    }
    const program = join(await builtProgram(), 'cli/main.js');
    const out = join(folder, 'out');
    const run = async (count: number, ...more: string[]): Promise<number> => {
      await rm(out, { recursive: true, force: true });
      const args = ['run', join(folder, `of-${count}`), '-o', out, '-m', join(root, 'models/nuclei'), '--axes', 'C'];
      return processorSeconds(process.execPath, [program, ...args, ...more]);
    };
    const found = { channel: [] as number[], ring: [] as number[] };
    for (let pair = 0; pair < (quick ? 1 : pairs); pair++) {
      const one = await run(1);
      const all = await run(channels);
      const withRing = await run(channels, '--ring', ring);
      found.channel.push((all - one) / (files * (channels - 1)));
      found.ring.push((withRing - all) / files);
    }
    const command = `npm run build, then node dist/cli/main.js run IMAGES -o OUT -m models/nuclei --axes C (${files} images)`;
    return {
      channel: { values: found.channel, commands: [`${command}: of ${channels} channels less of one, a channel`] },
      'channel-ring': { values: found.ring, commands: [`${command}: with --ring ${ring} less without, an image`] },
    };
  },
};
