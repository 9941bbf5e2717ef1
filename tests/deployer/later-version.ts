import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a later version of labdeploy might say otherwise of its resources, in the program as it is packed. */
const changes: readonly [RegExp, string][] = [
  [/of the labdeploy stack/g, 'of the stack'], // roles, schedules, the page's access to its bucket
  [/description: (`labdeploy: )/g, 'description: $1the service, '], // functions and the API
  [/the index for every path that is no file/, 'the index for all that is no file'],
  [/what the page may load and reach/, 'what the page may load'],
  [/visibilityTimeoutSeconds: 300/, 'visibilityTimeoutSeconds: 301'],
  [/maximumRetryAttempts: stage\.trigger\.attempts - 1/, 'maximumRetryAttempts: stage.trigger.attempts === 1 ? 1 : 0'],
  [/Effect: 'Allow', Principal: { Service: 'lambda/, "Sid: 'Assume', $&"],
  [/{ name: group, userPoolId/, "{ description: 'Given by an administrator', name: group, userPoolId"],
];

/** Makes the installed package a version whose resources and code differ a little in what can be changed in place. */
export async function makeLaterVersion(installed: string): Promise<void> {
  const infra = join(installed, 'dist/infra');
  const files = (await readdir(infra, { recursive: true })).filter((name) => name.endsWith('.js'));
  const due = new Set(changes);
  for (const name of files) {
    const path = join(infra, name);
    let text = await readFile(path, 'utf8');
    for (const change of changes) {
      const changed = text.replace(...change);
      if (changed !== text) due.delete(change);
      text = changed;
    }
    await writeFile(path, text);
  }
  if (due.size > 0) throw new Error(`the program has no ${[...due].map(([pattern]) => pattern).join(', ')}`);
  await appendFile(join(installed, 'dist/lambda/zip/index.mjs'), '\n// of a later version\n');
}
