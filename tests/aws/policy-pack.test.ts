import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openStack } from '../support/simulated-account/deploy.ts';
import { describeWithEngine } from '../support/simulated-account/describe-with-engine.ts';
import { type Moto, startMoto } from '../support/simulated-account/moto.ts';

const root = resolve(import.meta.dirname, '../..');
const program = pathToFileURL(join(root, 'tests/support/children/open-program.ts')).href;

await describeWithEngine('the policy pack in the engine', (engine) => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(async () => moto?.[Symbol.asyncDispose]());
  const stackWith = (policyPack?: string) =>
    openStack(engine, {
      ...{ url: moto.url, program, project: 'open', stack: 'test' },
      ...(policyPack !== undefined && { policyPack }),
    });

  it('stops a preview that breaks its rules, and says how', async () => {
    await using stack = await stackWith(join(root, 'policies/pack'));
    const refusal = await stack.run('preview').then(
      () => '',
      (error: Error) => error.message,
    );
    expect(refusal.split('\n').flatMap((line) => /^open: (.*?)\s*$/.exec(line)?.[1] ?? [])).toEqual([
      'its public access is not blocked',
      'it says no encryption',
      'it takes requests without TLS',
      'it lacks the tag labdeploy:stack',
    ]);
  }, 120_000);

  it('is why: without it the same preview passes', async () => {
    await using stack = await stackWith();
    const { changes } = await stack.run('preview');
    expect(changes.map(({ name, operation }) => `${operation} ${name}`)).toEqual(['create open']);
  }, 120_000);
});
