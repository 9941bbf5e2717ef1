import { rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { main } from '../cli/program.ts';

/** `npm run demo`: the main job on the sample folder and the sample zip, then what came out and where. */

const out = resolve('demo-results');
const shown = (path: string) => relative(process.cwd(), path);
await rm(out, { recursive: true, force: true });

for (const [input, name] of [
  ['images', 'folder'],
  ['experiment.zip', 'zip'],
] as const) {
  const args = ['run', join(import.meta.dirname, input), '-o', join(out, name), '--zip'];
  process.stdout.write(`\n$ labdeploy ${args.map((arg) => (arg.startsWith('/') ? shown(arg) : arg)).join(' ')}\n`);
  const code = await main(args);
  if (code !== 0) process.exit(code);
}

process.stdout.write(`
What came out, in ${shown(out)}/folder (and the same, packed, in results.zip):
  sparse_labels.tif         a number for each nucleus: open it in Fiji or napari
  sparse_preview.png        the image with outlines
  sparse_measurements.csv   a row for each nucleus: area, position, shape, intensity
  summary.csv               a row for each image
  manifest.json             what made it: model, settings, hashes of the inputs

Try your own images:  npm run labdeploy -- run FOLDER -o RESULTS
`);
