import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundleFunctions } from './bundle.ts';

/** `npm run build:functions [-- FOLDER]`: the code of the functions, for the package. Models and onnxruntime come at `labdeploy up`. */
const root = resolve(import.meta.dirname, '..');
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
await bundleFunctions(process.argv[2] ?? join(root, 'dist/lambda'), version);
