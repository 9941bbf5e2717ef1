// Segments one image with a model and prints a line a plane; then a whole folder: node segment.ts IMAGE FOLDER OUTPUT
import { openImageFile } from 'labdeploy/image';
import { openPipeline, runFolder } from 'labdeploy/pipeline';

const [file, folder, output] = process.argv.slice(2);
if (file === undefined || folder === undefined || output === undefined) throw new Error('IMAGE FOLDER OUTPUT');

await using pipeline = await openPipeline({ model: 'nuclei', workers: 2 });
await using image = await openImageFile(file);
for await (const { at, count, measurements } of pipeline.segment(image)) {
  const areas = measurements.area_px ?? new Float64Array();
  const mean = areas.reduce((sum, area) => sum + area, 0) / Math.max(1, count);
  console.log(`depth ${at.depth}: ${count} objects of ${mean.toFixed(1)} pixels`);
}

const { done, failed, objects } = await runFolder(folder, { output, workers: 2 });
console.log(`${done} images done, ${failed} failed, ${objects} objects`);
