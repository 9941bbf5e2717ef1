import { join, resolve } from 'node:path';
import packageFile from '../package.json' with { type: 'json' };
import { bundleFunctions } from './bundle.ts';

/** `npm run build:functions`: the code of the functions, for the package. Models and onnxruntime come at `labdeploy up`. */
await bundleFunctions(join(resolve(import.meta.dirname, '..'), 'dist/lambda'), packageFile.version);
