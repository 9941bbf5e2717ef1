import { existsSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { nativeBinding } from '../infra/artifacts/native.ts';
import { functionNames } from '../infra/functions.ts';

const root = resolve(import.meta.dirname, '..');

/** Threads of a function; each finds its file beside its own module. */
const decoding = { 'decode-worker': 'functions/image/tiff/decode-worker.ts' };
const threads: Readonly<Record<string, Record<string, string>>> = {
  predict: { worker: 'functions/model/engine/worker.ts', ...decoding },
  pictures: decoding,
};

const entriesOf = (name: string): Record<string, string> => ({
  index: ownEntry(name) ?? `stage:${name}`,
  ...threads[name],
});

/** The entry of a function that needs more than every stage gets. */
function ownEntry(name: string): string | undefined {
  const path = `functions/runtime/lambda/${name}.ts`;
  return existsSync(join(root, path)) ? path : undefined;
}

/** The entry of any other stage. */
const stageEntry: Plugin = {
  name: 'entry of a stage',
  setup(builder) {
    builder.onResolve({ filter: /^stage:/ }, ({ path }) => ({ path: path.slice('stage:'.length), namespace: 'stage' }));
    builder.onLoad({ filter: /.*/, namespace: 'stage' }, ({ path: name }) => ({
      contents: `
        import { stageFunction } from './functions/runtime/lambda/stage-function.ts';
        import { handler as stage } from './functions/stages/${name}/handler.ts';
        export const handler = stageFunction(stage);
      `,
      loader: 'ts',
      resolveDir: root,
    }));
  },
};

/** Decoders of JPEG and JPEG 2000 (functions/image/tiff/wasm-codecs.ts): name to where it comes from. */
const decoders = {
  'libjpegturbowasm_decode.wasm': '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm',
  'openjpegwasm_decode.wasm': '@cornerstonejs/codec-openjpeg/decodewasm',
};
/** What functions read beside their code; pictures writes JPEGs too (functions/photographs/encode-jpeg.ts). */
const wasmFiles: Readonly<Record<string, Record<string, string>>> = {
  predict: decoders,
  pictures: { ...decoders, 'libjpegturbowasm.wasm': '@cornerstonejs/codec-libjpeg-turbo-8bit/wasm' },
};

/** Lets the packages that bring their own `require` find Node's modules. */
const requireBanner = "import{createRequire as $require}from'node:module';const require=$require(import.meta.url);";

/**
 * Writes the code of every function to `out`, one folder each: ES modules with all that they import, the SDK too, so that
 * nothing depends on what a version of Lambda's runtime brings. The same sources give the same bytes on every machine.
 */
export async function bundleFunctions(
  out: string,
  version: string,
  names: readonly string[] = functionNames,
): Promise<void> {
  for (const name of names) {
    await build({
      absWorkingDir: root,
      entryPoints: entriesOf(name),
      outdir: join(out, name),
      outExtension: { '.js': '.mjs' },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'node',
      target: 'node22', // the oldest runtime that infra/config offers
      mainFields: ['module', 'main'], // ES modules lose what is not imported
      banner: { js: requireBanner },
      define: {
        __dirname: 'import.meta.dirname', // the decoders' loaders ask for it
        'process.env.LABDEPLOY_VERSION': JSON.stringify(version),
      },
      legalComments: 'none',
      logLevel: 'warning',
      plugins: [stageEntry, lean, binding],
    });
    for (const [file, specifier] of Object.entries(wasmFiles[name] ?? {}))
      await copyFile(createRequire(import.meta.url).resolve(specifier), join(out, name, file));
  }
}

/** What our functions never reach in packages that load it all the same. */
const replaced: readonly { filter: RegExp; importer: RegExp; contents: string }[] = [
  // express offers parsers of bodies, with every character set of the world; api/read-json reads JSON
  { filter: /^body-parser$/, importer: /\/express\//, contents: 'export {}' },
  // zod's messages in forty languages; English is imported apart
  { filter: /\/locales\/index\.js$/, importer: /\/zod\//, contents: 'export {}' },
  // Lambda gives credentials in variables; the chain looks for files, processes and sign-ins of developers
  {
    filter: /^@aws-sdk\/credential-provider-node$/,
    importer: /\/@aws-sdk\//,
    contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env'",
  },
];

const lean: Plugin = {
  name: 'lean',
  setup(builder) {
    for (const [i, { filter, importer }] of replaced.entries()) {
      builder.onResolve({ filter }, (asked) =>
        importer.test(asked.importer.replaceAll('\\', '/')) ? { path: String(i), namespace: 'replaced' } : undefined,
      );
    }
    builder.onLoad({ filter: /.*/, namespace: 'replaced' }, ({ path }) => ({
      contents: replaced[Number(path)]!.contents,
      resolveDir: root,
    }));
  },
};

/** onnxruntime-node looks for its binary in a folder for each platform; a function has only one, beside its code. */
const binding: Plugin = {
  name: 'native binding',
  setup(builder) {
    builder.onLoad({ filter: /[/\\]onnxruntime-node[/\\]dist[/\\]binding\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const own = /require\(`[^`]*\/onnxruntime_binding\.node`\)/;
      if (!own.test(source)) throw new Error(`${path} does not load its binary as it used to`);
      return { contents: source.replace(own, `require('./${nativeBinding}')`) };
    });
    builder.onResolve({ filter: /\/onnxruntime_binding\.node$/ }, ({ path }) => ({ path, external: true }));
  },
};
