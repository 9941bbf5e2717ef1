// Breaks each rule of the archive in a copy of the sources, and looks whether the random schedules find it, else the tests:
// npm run soak:archive -- [schedules] [at once] [rule]. Ends with 1 where one is found by neither. Takes seconds a rule.
import { execFile } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { pythonWith } from '../support/python-environment.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import type { Mutant } from './archive-mutants/mutant.ts';
import { mutants } from './archive-mutants/mutants.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const [schedules = '300', atOnce = String(availableParallelism()), wanted = ''] = process.argv.slice(2);
const copied = ['functions', 'tests', 'client', 'cli', 'infra', 'policies', 'build', 'models', 'library', 'tools'];
/** Seconds of processor time, so that a busy machine finds no more: what takes longer does not end. */
const limit = { schedules: 30 + Number(schedules) / 10, tests: 300 };
/** What tests every rule of the stages. */
const usual = ['unit/stages/archive', 'unit/api/archived', 'contract/job-store.memory'];

await using folder = await temporaryFolder();
const python = await pythonWith();
const env = { ...process.env, LABDEPLOY_PYTHON: python, NODE_COMPILE_CACHE: join(folder.path, 'compiled') };

/** A copy of the sources, in which one mutant a time is looked for. */
function copyOfSources(name: string) {
  const path = join(folder.path, name);
  for (const part of [...copied, 'package.json', 'jest.config.js'])
    cpSync(join(root, part), join(path, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(path, 'node_modules'));

  /** What the program says, where it says that something is broken. */
  const complaint = async (args: readonly string[], seconds: number): Promise<string | undefined> => {
    const limited = ['-c', `ulimit -t ${Math.ceil(seconds)}; exec "$@"`, 'sh', process.execPath, ...args];
    try {
      await run('sh', limited, { cwd: path, env, maxBuffer: 1 << 26 });
      return undefined;
    } catch (error) {
      const { signal, stdout, stderr } = error as { signal: string | null; stdout: string; stderr: string };
      return signal === null ? `${stdout}\n${stderr}`.trim() : `does not end (${signal})`;
    }
  };
  return {
    async bySchedules(): Promise<string | undefined> {
      const script = join(path, 'tests/support/children/archive-schedules.ts');
      const found = await complaint([script, schedules, '1'], limit.schedules);
      return found && `schedules ${found.split('\n')[0]}`;
    },
    /** The first test that fails. */
    async byTests(names: readonly string[]): Promise<string | undefined> {
      const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--runInBand', '--bail'];
      const projects = ['--selectProjects', 'unit', 'contract', 'e2e', 'fuzz'];
      const found = await complaint([...jest, ...projects, '--testPathPatterns', ...names], limit.tests);
      return found && `test ${/^\s+● (.*)$/m.exec(found)?.[1] ?? found.split('\n').at(-1)}`;
    },
    /** With the texts of the mutant; gives the files back. */
    apply({ rule, edits }: Mutant): () => void {
      const before = new Map<string, string>();
      for (const { file, was, becomes } of edits) {
        const source = join(path, 'functions', file);
        const text = readFileSync(source, 'utf8');
        if (text.split(was).length !== 2) throw new Error(`${rule}: not once in functions/${file}: ${was}`);
        if (!before.has(source)) before.set(source, text);
        writeFileSync(
          source,
          text.replace(was, () => becomes),
        );
      }
      return () => {
        for (const [source, text] of before) writeFileSync(source, text);
      };
    },
  };
}
type Copy = ReturnType<typeof copyOfSources>;

/** Looks for each rule that is broken, and says how it was found. Returns those that were not. */
async function find(broken: readonly Mutant[], by: (mutant: Mutant, copy: Copy) => Promise<string | undefined>) {
  const left: Mutant[] = [];
  const waiting = [...broken];
  const look = async (copy: Copy) => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const restore = copy.apply(mutant);
      const found = await by(mutant, copy);
      restore();
      if (found === undefined) left.push(mutant);
      else console.log(`${mutant.rule}\n  ${found}`);
    }
  };
  await Promise.all(copies.map(look));
  return left;
}

const holds = (found: string | undefined) => {
  if (found !== undefined) throw new Error(`with no rule broken: ${found}`);
};
const chosen = mutants.filter(({ rule }) => rule.includes(wanted));
if (chosen.length === 0) throw new Error(`no rule has the words ${wanted}`);
const copies = Array.from({ length: Number(atOnce) }, (_, n) => copyOfSources(String(n)));
for (const mutant of chosen) copies[0]!.apply(mutant)(); // the table is of this code
holds(await copies[0]!.bySchedules());
const left = await find(chosen, async ({ tests }, copy) => (tests === undefined ? copy.bySchedules() : undefined));
if (left.length > 0) holds(await copies[0]!.byTests([...usual, ...left.flatMap(({ tests = [] }) => tests)]));
const survived = await find(left, ({ tests = usual }, copy) => copy.byTests(tests));
console.log(`${chosen.length - survived.length} of ${chosen.length} broken rules were found`);
for (const { rule } of survived) console.log(`not found: ${rule}`);
process.exitCode = survived.length > 0 ? 1 : 0;
