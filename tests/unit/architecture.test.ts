import { describe, expect, it } from '@jest/globals';
import { findCycle, type Import, importsOf, parseImports, sourceFiles } from '../support/import-graph.ts';

/**
 * What each part may import, beside itself: `types of` where nothing of it may run. Types count: a part that names
 * another's type depends on it. Every arrow is one that is there.
 */
const allowed: Record<string, readonly string[]> = {
  core: [],
  forest: [],
  async: [],
  contract: ['core'],
  stack: ['contract', 'core'],
  image: ['async', 'core'],
  archive: ['core'],
  ports: ['types of core', 'types of image'],
  'object-streams': ['core', 'types of image', 'types of ports'],
  http: ['async', 'contract'],
  recipes: ['core'],
  photographs: ['core', 'image'],
  faces: ['types of core', 'photographs'],
  identity: ['core', 'ports'],
  institutions: ['core', 'identity', 'types of ports', 'stack'],
  broker: ['core', 'institutions', 'types of ports', 'stack', 'types of stages'],
  'model/package': ['core', 'model/engine', 'types of ports'],
  'model/measure': ['types of image', 'types of ports'],
  'model/instances': ['core', 'image', 'types of model/engine', 'model/measure', 'model/package', 'types of ports'],
  'model/container': ['core', 'model/package'],
  'model/engine': [
    'async',
    'core',
    'types of image',
    'model/container',
    'model/instances',
    'model/measure',
    'model/package',
    'types of ports',
  ],
  model: ['model/engine', 'model/package'],
  linking: ['core', 'types of image', 'types of ports'],
  regions: ['archive', 'async', 'core', 'types of image'],
  jobs: ['async', 'core', 'object-streams', 'types of ports'],
  stages: [
    'archive',
    'async',
    'types of contract',
    'core',
    'image',
    'jobs',
    'linking',
    'types of model/package',
    'object-streams',
    'photographs',
    'types of ports',
    'regions',
    'report',
    'stack',
  ],
  report: ['core', 'image'],
  triggers: ['core', 'types of ports', 'types of stages'],
  people: ['async', 'core', 'jobs', 'types of ports'],
  teaching: ['core', 'jobs', 'types of ports', 'stages'],
  api: [
    'async',
    'contract',
    'core',
    'http',
    'image',
    'jobs',
    'object-streams',
    'people',
    'types of ports',
    'types of stages',
  ],
  adapters: [
    'async',
    'contract',
    'core',
    'http',
    'identity',
    'image',
    'institutions',
    'object-streams',
    'ports',
    'stack',
  ],
  runtime: [
    'adapters',
    'archive',
    'async',
    'types of contract',
    'core',
    'faces',
    'image',
    'jobs',
    'model',
    'model/container',
    'model/engine',
    'model/package',
    'types of ports',
    'types of runtime/reading',
    'stages',
  ],
  'runtime/reading': ['archive', 'core', 'image', 'model/package', 'runtime'],
  'runtime/batch': [
    'adapters',
    'async',
    'core',
    'image',
    'jobs',
    'object-streams',
    'ports',
    'runtime',
    'types of runtime/reading',
    'stages',
  ],
  'runtime/workstation': [
    'adapters',
    'api',
    'core',
    'identity',
    'jobs',
    'object-streams',
    'ports',
    'runtime',
    'runtime/reading',
    'stack',
    'stages',
    'teaching',
  ],
  'runtime/lambda': [
    'adapters',
    'api',
    'async',
    'broker',
    'types of contract',
    'core',
    'identity',
    'institutions',
    'ports',
    'runtime',
    'stack',
    'stages',
    'teaching',
    'triggers',
  ],
  'runtime/fleet': [
    'adapters',
    'async',
    'core',
    'object-streams',
    'ports',
    'runtime',
    'runtime/lambda',
    'runtime/reading',
    'stack',
    'stages',
    'teaching',
  ],
  policies: ['core', 'stack', 'types of stages'],
  infra: [
    'api',
    'archive',
    'broker',
    'contract',
    'core',
    'identity',
    'model/package',
    'policies',
    'recipes',
    'stack',
    'stages',
    'triggers',
  ],
  build: ['infra'],
  library: [
    'cli',
    'cli/actions',
    'types of cli/io',
    'cli/run',
    'core',
    'image',
    'infra',
    'model/engine',
    'model/package',
    'types of ports',
    'stages',
  ],
  client: ['async', 'contract', 'core', 'types of image', 'regions'],
  web: [
    'client',
    'types of contract',
    'core',
    'image',
    'model/instances',
    'types of model/package',
    'types of ports',
    'regions',
    'report',
  ],
  cli: ['cli/commands', 'client', 'cli/deploy', 'cli/io', 'cli/train', 'core', 'stack'],
  'cli/io': [
    'cli',
    'types of cli/client',
    'types of cli/deploy',
    'types of client',
    'types of contract',
    'core',
    'types of image',
    'types of ports',
  ],
  'cli/completion': [],
  'cli/commands': ['cli', 'cli/actions', 'cli/completion', 'types of cli/deploy', 'core', 'image', 'stages'],
  'cli/actions': [
    'cli',
    'cli/client',
    'client',
    'cli/deploy',
    'types of cli/io',
    'cli/local',
    'cli/run',
    'cli/train',
    'types of contract',
    'core',
    'http',
    'image',
    'types of infra',
    'model',
    'model/container',
    'model/engine',
    'model/package',
    'object-streams',
    'types of ports',
    'report',
    'runtime',
    'runtime/fleet',
    'runtime/reading',
    'runtime/workstation',
    'stack',
    'stages',
  ],
  'cli/run': ['cli', 'types of cli/io', 'core', 'types of ports', 'runtime', 'runtime/batch', 'stack'],
  'cli/train': [
    'cli',
    'types of cli/io',
    'core',
    'forest',
    'image',
    'model',
    'model/engine',
    'model/instances',
    'model/package',
    'report',
    'runtime',
    'types of runtime/reading',
    'stack',
    'stages',
  ],
  'cli/local': ['cli', 'cli/train', 'core', 'recipes', 'runtime/workstation', 'stack'],
  'cli/client': [
    'archive',
    'async',
    'cli',
    'cli/run',
    'client',
    'types of contract',
    'core',
    'image',
    'regions',
    'types of runtime',
    'stack',
  ],
  'cli/deploy': ['api', 'async', 'cli', 'types of cli/io', 'core', 'infra', 'policies', 'stack', 'stages'],
};
/** Parts that have parts of their own; what is in the folder itself is a part too. */
const divided: readonly string[] = ['cli', 'model', 'runtime'];
/** Started by their path. */
const entryPoints: readonly string[] = [
  'build/functions.ts',
  'build/onnxruntime.ts',
  'cli/main.ts',
  'functions/model/engine/worker.ts',
  'functions/model/container/guard-process.ts',
  'functions/runtime/inspect-alone-process.ts',
  'functions/runtime/predict-alone-process.ts',
  'functions/runtime/reading/reading-worker.ts',
  'functions/image/tiff/decode-worker.ts',
  'functions/adapters/local/copy-worker.ts',
  'infra/index.ts',
  'library/service.ts',
  'library/image.ts',
  'library/pipeline.ts',
  'policies/pack/index.ts',
  ...['api', 'broker', 'cold', 'notify', 'pictures', 'pre-sign-up', 'predict', 'stage-function', 'sweep', 'teach'].map(
    (name) => `functions/runtime/lambda/${name}.ts`,
  ),
  'web/main.tsx',
  'web/vite.config.ts',
  'web/image/no-decoding.ts', // by alias
  'web/viewer/browser/node-parts.ts', // by alias
  'web/viewer/worker/worker.ts',
];

const product = sourceFiles(['build', 'cli', 'client', 'functions', 'infra', 'library', 'policies', 'web']);
const imports = importsOf(product);

const partOf = (file: string): string => {
  const folders = file.split('/').slice(0, -1);
  const [first = '', second] = folders[0] === 'functions' ? folders.slice(1) : folders;
  return divided.includes(first) && second !== undefined ? `${first}/${second}` : first;
};

const arrowsBetweenParts = (all: readonly Import[]) =>
  all
    .map((each) => ({ ...each, a: partOf(each.from), b: partOf(each.to) }))
    .filter(({ a, b }) => a !== b)
    .map((each) => ({ ...each, allowed: allowed[each.a] ?? [] }));

const wrongArrows = (all: readonly Import[]): string[] =>
  arrowsBetweenParts(all)
    .filter(({ b, typeOnly, allowed }) => !allowed.includes(b) && !(typeOnly && allowed.includes(`types of ${b}`)))
    .map(({ from, to }) => `${from} -> ${to}`);

/** What the table allows and no import needs. */
function unusedArrows(all: readonly Import[]): string[] {
  const arrows = arrowsBetweenParts(all);
  const runs = new Set(arrows.filter(({ typeOnly }) => !typeOnly).map(({ a, b }) => `${a} -> ${b}`));
  const used = new Set([...runs, ...arrows.map(({ a, b }) => `${a} -> types of ${b}`)]);
  return Object.entries(allowed)
    .flatMap(([a, targets]) => targets.map((b) => `${a} -> ${b}`))
    .filter((arrow) => !used.has(arrow));
}

describe('imports between the parts', () => {
  it('point one way', () => {
    expect(wrongArrows(imports)).toEqual([]);
  });

  it('are all needed that the table allows', () => {
    expect(unusedArrows(imports)).toEqual([]);
  });

  it('of the command line reach no adapter', () => {
    expect(imports.filter(({ from, to }) => from.startsWith('cli/') && partOf(to) === 'adapters')).toEqual([]);
  });

  it('of infra reach descriptors, the names of groups, and nothing else that runs', () => {
    const reached = imports.filter(
      ({ from, to }) =>
        /^(infra\/(?!artifacts\/)|policies\/)/.test(from) &&
        ['stages', 'api', 'broker', 'identity', 'triggers'].includes(partOf(to)),
    );
    const data = /\/(descriptor|stage|stages|access|trigger)\.ts$|^functions\/identity\/groups\.ts$/;
    expect(reached.filter(({ to }) => !data.test(to))).toEqual([]);
  });

  it('of the page reach small files of the core only, as it loads them', () => {
    const reached = imports.filter(
      ({ from, to, typeOnly }) => partOf(from) === 'web' && partOf(to) === 'core' && !typeOnly,
    );
    const small = [
      'axes',
      'classify-path',
      'counted-objects',
      'edit-replica',
      'edited-labels',
      'errors',
      'label-difference',
      'otsu',
      'parse-csv',
      'paths',
      'plane-mode',
      'positive',
      'regions-file',
      'figure',
      'scale-bar',
      'ulid',
    ].map((name) => `functions/core/${name}.ts`);
    expect(reached.filter(({ to }) => !small.includes(to))).toEqual([]);
  });

  it('of an adapter to the image part are its file reader only', () => {
    const reached = imports.filter(
      ({ from, to, typeOnly }) => partOf(from) === 'adapters' && partOf(to) === 'image' && !typeOnly,
    );
    expect(reached.filter(({ to }) => to !== 'functions/image/file-source.ts')).toEqual([]);
  });

  it('form no circle, with types', () => {
    expect(findCycle(imports)).toBeUndefined();
  });

  it('lead to files that exist', () => {
    expect(imports.filter(({ to }) => /\.tsx?$/.test(to) && !product.includes(to))).toEqual([]);
  });

  it('leave no file that nothing imports', () => {
    const users = [...imports, ...importsOf(sourceFiles(['tests', 'bench', 'samples']))];
    const used = new Set(users.map(({ to }) => to));
    const declarations = /\.d\.ts$/; // of packages that bring none: the compiler finds them
    const unused = product.filter((file) => !used.has(file) && !entryPoints.includes(file));
    expect(unused.filter((file) => !declarations.test(file))).toEqual([]);
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
      arrow('functions/runtime/batch/a.ts', 'functions/runtime/lambda/b.ts'),
      arrow('cli/actions/a.ts', 'functions/adapters/local/b.ts', true),
      arrow('cli/run/a.ts', 'cli/deploy/b.ts'),
    ];
    const right = [
      arrow('functions/ports/a.ts', 'functions/image/b.ts', true),
      arrow('functions/runtime/batch/a.ts', 'functions/runtime/b.ts'),
      arrow('cli/deploy/engine/a.ts', 'cli/deploy/iam/b.ts'),
      arrow('cli/a.ts', 'cli/b.ts'),
    ];
    expect(wrongArrows([...wrong, ...right])).toEqual(wrong.map(({ from, to }) => `${from} -> ${to}`));
    expect(unusedArrows(right)).toContain('cli/run -> runtime/batch');
    expect(unusedArrows(right)).not.toContain('runtime/batch -> runtime');
    expect(findCycle([arrow('a', 'b'), arrow('b', 'c', true), arrow('c', 'b')])).toEqual(['b', 'c', 'b']);
    expect(findCycle([arrow('a', 'b'), arrow('a', 'c'), arrow('b', 'c')])).toBeUndefined();
  });
});
