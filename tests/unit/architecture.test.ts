import { describe, expect, it } from '@jest/globals';
import { functionNames } from '../../build/function-names.ts';
import { findCycle, type Import, importsOf, parseImports, sourceFiles } from '../support/import-graph.ts';

/** What each part may import, beside itself. Types count: a part that names another's type depends on it. */
const allowed: Record<string, readonly string[]> = {
  core: [],
  ports: ['core', 'image'], // image: its types only, below
  image: ['core'],
  archive: ['core'],
  model: ['core', 'image', 'ports'],
  http: ['core'],
  identity: ['core', 'ports'],
  adapters: ['core', 'ports', 'image', 'http', 'identity'],
  stages: ['core', 'ports', 'image', 'archive', 'model'],
  api: ['core', 'ports', 'http', 'identity', 'stages'],
  runtime: ['core', 'ports', 'image', 'model', 'http', 'identity', 'adapters', 'stages', 'api'],
  policies: ['core', 'stages', 'api'],
  infra: ['core', 'stages', 'api', 'identity', 'policies', 'build'],
  client: ['async', 'contract', 'core'],
  web: ['async', 'contract', 'core', 'client', 'image'],
  build: ['core', 'model', 'stages'],
  cli: [
    'client',
    'core',
    'ports',
    'image',
    'archive',
    'model',
    'http',
    'identity',
    'adapters',
    'stages',
    'api',
    'runtime',
    'infra',
    'policies',
  ],
};
/** Only types may be imported along these. */
const typesOnly: readonly string[] = ['ports -> image', 'model -> ports'];
/** Started by their path. */
const entryPoints: readonly string[] = [
  'build/functions.ts',
  'cli/main.ts',
  'functions/model/engine/worker.ts',
  'functions/image/tiff/decode-worker.ts',
  'infra/index.ts',
  'policies/pack/index.ts',
  ...functionNames.map((name) => `functions/runtime/lambda/${name}.ts`),
  'web/main.tsx',
  'web/vite.config.ts',
  'web/image/no-decoding.ts', // by alias
];

const product = sourceFiles(['build', 'cli', 'client', 'functions', 'infra', 'policies', 'web']);
const imports = importsOf(product);

const partOf = (file: string): string => {
  const [first, second] = file.split('/') as [string, string];
  return first === 'functions' ? second : first;
};

function wrongArrows(all: readonly Import[]): string[] {
  return all
    .filter(({ from, to, typeOnly }) => {
      const [a, b] = [partOf(from), partOf(to)];
      if (a === b) return false;
      return allowed[a]?.includes(b) !== true || (typesOnly.includes(`${a} -> ${b}`) && !typeOnly);
    })
    .map(({ from, to }) => `${from} -> ${to}`);
}

describe('imports between the parts', () => {
  it('point one way', () => {
    expect(wrongArrows(imports)).toEqual([]);
  });

  it('of infra reach descriptors, the names of groups, and nothing else that runs', () => {
    const reached = imports.filter(
      ({ from, to }) => /^(infra|policies)\//.test(from) && ['stages', 'api', 'identity'].includes(partOf(to)),
    );
    const data = /\/(descriptor|stage)\.ts$|^functions\/identity\/groups\.ts$/;
    expect(reached.filter(({ to }) => !data.test(to))).toEqual([]);
  });

  it('of the page reach small parts of the core, and the schemas of the contract as types only', () => {
    const reached = imports.filter(
      ({ from, to, typeOnly }) => partOf(from) === 'web' && partOf(to) === 'core' && !typeOnly,
    );
    const small = ['errors', 'lanes', 'paths'].map((name) => `functions/core/${name}.ts`);
    expect(reached.filter(({ to }) => !small.includes(to))).toEqual([]);
  });

  it('of an adapter to the image part are its file reader only', () => {
    const reached = imports.filter(
      ({ from, to, typeOnly }) => partOf(from) === 'adapters' && partOf(to) === 'image' && !typeOnly,
    );
    expect(reached.filter(({ to }) => to !== 'functions/image/file-source.ts')).toEqual([]);
  });

  it('form no circle', () => {
    expect(findCycle(imports.filter(({ typeOnly }) => !typeOnly))).toBeUndefined();
  });

  it('lead to files that exist', () => {
    expect(imports.filter(({ to }) => /\.tsx?$/.test(to) && !product.includes(to))).toEqual([]);
  });

  it('leave no file that nobody imports', () => {
    const users = [...imports, ...importsOf(sourceFiles(['tests', 'bench', 'samples']))];
    const used = new Set(users.map(({ to }) => to));
    expect(product.filter((file) => !used.has(file) && !entryPoints.includes(file))).toEqual([]);
  });

  it('are known for every part of the functions', () => {
    expect([...new Set(product.map(partOf))].filter((part) => allowed[part] === undefined)).toEqual([]);
  });
});

describe('the check of imports', () => {
  it('sees every form of import', () => {
    const source = `
import { a } from './a.ts';
import type { B } from '../b.ts';
import {
  c,
  type D,
} from './c.ts';
import './side-effect.ts';
export { e } from './e.ts';
export type { F } from './f.ts';
import fs from 'node:fs';
const g = await import('./g.ts');
`;
    expect(parseImports('functions/core/x.ts', source)).toEqual([
      { from: 'functions/core/x.ts', to: 'functions/core/a.ts', typeOnly: false },
      { from: 'functions/core/x.ts', to: 'functions/b.ts', typeOnly: true },
      { from: 'functions/core/x.ts', to: 'functions/core/c.ts', typeOnly: false },
      { from: 'functions/core/x.ts', to: 'functions/core/side-effect.ts', typeOnly: false },
      { from: 'functions/core/x.ts', to: 'functions/core/e.ts', typeOnly: false },
      { from: 'functions/core/x.ts', to: 'functions/core/f.ts', typeOnly: true },
      { from: 'functions/core/x.ts', to: 'functions/core/g.ts', typeOnly: false },
    ]);
  });

  it('finds a wrong arrow and a circle', () => {
    const arrow = (from: string, to: string, typeOnly = false) => ({ from, to, typeOnly });
    const wrong = [
      arrow('functions/core/a.ts', 'functions/ports/b.ts', true),
      arrow('functions/stages/a.ts', 'functions/adapters/local/b.ts'),
      arrow('functions/ports/a.ts', 'functions/image/b.ts'),
      arrow('functions/runtime/a.ts', 'cli/b.ts'),
    ];
    const right = [arrow('functions/ports/a.ts', 'functions/image/b.ts', true), arrow('cli/a.ts', 'cli/b.ts')];
    expect(wrongArrows([...wrong, ...right])).toEqual(wrong.map(({ from, to }) => `${from} -> ${to}`));
    expect(findCycle([arrow('a', 'b'), arrow('b', 'c'), arrow('c', 'b')])).toEqual(['b', 'c', 'b']);
    expect(findCycle([arrow('a', 'b'), arrow('a', 'c'), arrow('b', 'c')])).toBeUndefined();
  });
});
