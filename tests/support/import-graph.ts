import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface Import {
  from: string;
  to: string;
  /** Erased before it runs, so it may close a circle. */
  typeOnly: boolean;
}

// `import ... from`, `export ... from`, bare `import '...'`, `import('...')`; biome keeps the form regular.
const statement =
  /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)|import\.meta\.resolve\('([^']+)'\)/gm;

/** Every TypeScript source below the folders, `/` separated from the root of the repository. */
export const sourceFiles = (folders: readonly string[]): string[] =>
  folders
    .flatMap((folder) =>
      globSync(`${folder}/**/*.{ts,tsx}`, { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] }),
    )
    .map((file) => relative(root, join(root, file)).split(sep).join('/'))
    .sort();

/** What each file imports of the repository's own files. */
export const importsOf = (files: readonly string[]): Import[] =>
  files.flatMap((from) => parseImports(from, readFileSync(join(root, from), 'utf8')));

export function parseImports(from: string, source: string): Import[] {
  const found: Import[] = [];
  for (const [, type, static_, dynamic, resolved] of source.matchAll(statement)) {
    const target = static_ ?? dynamic ?? resolved!;
    if (!target.startsWith('.')) continue;
    found.push({ from, to: posix.normalize(posix.join(dirname(from), target)), typeOnly: type !== undefined });
  }
  return found;
}

/** One circle of imports, or undefined. */
export function findCycle(imports: readonly Import[]): string[] | undefined {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (finished.has(file)) return undefined;
    path.push(file);
    for (const to of next.get(file) ?? []) {
      const cycle = visit(to);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    finished.add(file);
    return undefined;
  };
  for (const file of next.keys()) {
    const cycle = visit(file);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
