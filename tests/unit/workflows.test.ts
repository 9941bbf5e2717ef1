import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { alone, rows } from '../checks.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = join(root, '.github/workflows');
const files = readdirSync(folder).sort();
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');
const workflowText = (file: string) => textOf(`.github/workflows/${file}`);

interface Step {
  uses?: string;
  run?: string;
}

interface Job {
  permissions: Record<string, string>;
  'timeout-minutes'?: number;
  uses?: string;
  needs?: string;
  concurrency?: { group: string; 'cancel-in-progress': boolean };
  steps?: Step[];
}

interface Workflow {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  concurrency?: { group: string; 'cancel-in-progress': boolean };
  jobs: Record<string, Job>;
}

const workflow = (file: string) => parse(workflowText(file)) as Workflow;
const actions = ['.github/actions/setup/action.yml'];
const called = './.github/workflows/test.yml';

describe('the workflows of GitHub Actions', () => {
  it('are test, preview, deploy, unlock and release', () =>
    expect(files).toEqual(['deploy.yml', 'preview.yml', 'release.yml', 'test.yml', 'unlock.yml']));

  it.each([...files.map((file) => `.github/workflows/${file}`), ...actions])(
    '%s pins every action of others to a commit, and says which version that is',
    (file) => {
      const uses = textOf(file)
        .split('\n')
        .filter((line) => /^\s*(- )?uses:/.test(line));
      expect(uses.length).toBeGreaterThan(0);
      for (const line of uses) {
        const own = /uses: (\.\/\.github\/[\w./-]+)$/.exec(line)?.[1];
        if (own === undefined) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
        else expect([own, existsSync(join(root, own))]).toEqual([own, true]);
      }
    },
  );

  it.each(files)('%s gives its token nothing that a job does not name, and ends by itself', (file) => {
    const { permissions, jobs } = workflow(file);
    expect(permissions).toEqual({});
    for (const job of Object.values(jobs)) {
      expect(Object.keys(job.permissions)).toContain('contents');
      if (job.uses === undefined) expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
    }
  });

  it.each([
    ['deploy.yml', 'deploy'],
    ['release.yml', 'publish'],
  ])('%s waits for all that a pull request waits for before it goes on to %s', (file, job) => {
    const { jobs } = workflow(file);
    expect(jobs.test).toEqual({ permissions: { contents: 'read' }, uses: called });
    expect(jobs[job]!.needs).toBe('test');
    const { on, jobs: tests } = workflow('test.yml');
    expect(Object.keys(on).sort()).toEqual(['pull_request', 'workflow_call']);
    expect(Object.keys(tests)).toEqual(['static', 'unit', 'e2e', 'aws', 'image', 'package', 'run']);
  });

  it('run each project of jest in exactly one job of test.yml', async () => {
    const { default: config } = (await import('../../jest.config.js' as string)) as {
      default: { projects: { displayName: string }[] };
    };
    const linux = Object.entries(workflow('test.yml').jobs).filter(([name]) => name !== 'run');
    const commands = linux.flatMap(([, { steps = [] }]) => steps.map(({ run = '' }) => run));
    const selected = commands.flatMap((run) => /--selectProjects ([a-z0-9 ]+)/.exec(run)?.[1]?.trim().split(' ') ?? []);
    if (commands.includes('npm run test:load')) selected.push('load');
    if (commands.includes('npm run test:image')) selected.push('image');
    if (commands.includes('npm run coverage')) selected.push('unit', 'contract');
    expect(selected.sort()).toEqual(config.projects.map(({ displayName }) => displayName).sort());
  });

  it('run what npm test runs, which is each project of jest but the image once, types and lint', async () => {
    const { default: config } = (await import('../../jest.config.js' as string)) as {
      default: { projects: { displayName: string }[] };
    };
    const scripts = [...rows.flat(), alone].map(({ script }) => script.join(' '));
    const selected = scripts.flatMap(
      (each) => /--selectProjects ([a-z0-9 ]+)/.exec(each)?.[1]?.trim().split(' ') ?? [],
    );
    const others = scripts.filter((each) => !each.startsWith('jest '));
    expect(selected.concat('load', 'image').sort()).toEqual(
      config.projects.map(({ displayName }) => displayName).sort(),
    );
    expect(others.sort()).toEqual(['lint', 'test:load', 'types']);
  });

  it('name tests that there are, where they name some', () => {
    const suites = globSync('tests/unit/**/*.test.ts', { cwd: root }).map((file) => file.replaceAll('\\', '/'));
    const commands = workflow('test.yml').jobs.run!.steps!.flatMap(({ run = '' }) => run.split('\n'));
    const named = commands.flatMap((run) => /--testPathPatterns 'unit\/\((.+)\)'/.exec(run)?.[1]?.split('|') ?? []);
    expect(named).toContain('run/windows-paths');
    for (const name of named)
      expect([name, suites.some((file) => file.includes(`unit/${name}`))]).toEqual([name, true]);
  });

  it('never cut off a deployment, and can break the lock that a cancelled one leaves, one at a time with deployments', () => {
    const group = { group: 'deploy', 'cancel-in-progress': false };
    expect(workflow('deploy.yml').jobs.deploy!.concurrency).toEqual(group);
    const { on, concurrency, jobs } = workflow('unlock.yml');
    expect([Object.keys(on), concurrency]).toEqual([['workflow_dispatch'], group]);
    expect(jobs.unlock!.steps!.at(-1)!.run).toBe('npm run labdeploy -- unlock --yes');
    expect(textOf('docs/fork.md')).toContain('`unlock.yml`');
  });

  it('take nothing from a cache where the package is published', () => {
    const setup = workflow('release.yml').jobs.publish!.steps!.find(({ uses }) => uses === './.github/actions/setup');
    expect(setup).toEqual({ uses: './.github/actions/setup', with: { cache: 'false' } });
  });

  it('install the engine that the SDK is of, in the image too', () => {
    const { version } = JSON.parse(textOf('node_modules/@pulumi/pulumi/package.json'));
    expect(textOf('Dockerfile')).toContain(`ARG PULUMI_VERSION=${version}\n`);
    expect(textOf('docker/engine/go.mod')).toContain(`pulumi/pkg/v3 v${version}\n`);
    expect(JSON.parse(textOf('package.json')).dependencies['@pulumi/pulumi']).toBe(version);
  });
});

describe('the Node that comes with the packages', () => {
  it('is of one version for every platform, and the one that an older Node fetches', () => {
    const versions = Object.entries<string>(JSON.parse(textOf('tools/node/package.json')).optionalDependencies);
    const fetched = /const version = '([\d.]+)'/.exec(textOf('cli/newer-node.ts'))![1]!;
    expect(versions).toHaveLength(5);
    expect(versions.filter(([, version]) => version !== fetched)).toEqual([]);
  });
});
