import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

const root = resolve(import.meta.dirname, '../..');
const folder = join(root, '.github/workflows');
const files = readdirSync(folder).sort();
const textOf = (file: string) => readFileSync(join(folder, file), 'utf8');

interface Workflow {
  permissions: Record<string, string>;
  jobs: Record<string, { permissions: Record<string, string>; 'timeout-minutes': number }>;
}

describe('the workflows of GitHub Actions', () => {
  it('are test, deploy and release', () => expect(files).toEqual(['deploy.yml', 'release.yml', 'test.yml']));

  it.each(files)('%s pins every action to a commit, and says which version that is', (file) => {
    const uses = textOf(file)
      .split('\n')
      .filter((line) => /^\s*(- )?uses:/.test(line));
    expect(uses.length).toBeGreaterThan(0);
    for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it.each(files)('%s gives its token nothing that a job does not name, and ends by itself', (file) => {
    const workflow = parse(textOf(file)) as Workflow;
    expect(workflow.permissions).toEqual({});
    for (const job of Object.values(workflow.jobs)) {
      expect(Object.keys(job.permissions)).toContain('contents');
      expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
    }
  });

  it('install the engine that the SDK is of, in the image too', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'node_modules/@pulumi/pulumi/package.json'), 'utf8'));
    expect(readFileSync(join(root, 'Dockerfile'), 'utf8')).toContain(`ARG PULUMI_VERSION=${version}\n`);
    expect(readFileSync(join(root, 'docker/engine/go.mod'), 'utf8')).toContain(`pulumi/pkg/v3 v${version}\n`);
  });
});
