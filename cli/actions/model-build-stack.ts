import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BuildStatus, Builds } from '../../functions/ports/builds.ts';
import { openStackBuilds } from '../../functions/runtime/stack-builds.ts';
import { packModel } from '../client/packed-model.ts';
import type { CommandContext } from '../context.ts';
import { readOutputs } from '../deploy/outputs.ts';
import { openStack, type StackOptions } from '../deploy/stack.ts';
import { storeSource } from '../deploy/store-source.ts';
import { UserError } from '../errors.ts';

/**
 * Builds the image of a folder with a Dockerfile in the account of a stack, and says its digest. What was built of the same
 * files is not built again; a repeat of a build that runs waits for that one. Throws with the last lines of one that failed.
 */
export async function buildModelInStack(path: string, options: StackOptions, context: CommandContext): Promise<void> {
  const { io, cwd, signal } = context;
  const folder = resolve(cwd, path);
  if ((await stat(join(folder, 'Dockerfile')).catch(() => undefined))?.isFile() !== true)
    throw new UserError('dockerfileMissing', { folder: path });
  await using stack = await openStack(options, context);
  const outputs = await readOutputs(stack);
  if (outputs.builds === undefined) throw new UserError('noImageBuilder', { stack: stack.name });
  const place = { ...outputs.builds, bucket: outputs.buckets.models! };
  const builds = openStackBuilds(stack.account.client, place);
  await using source = await packModel(folder);
  const { sha256, bytes } = source;
  const before = await builds.find(sha256);
  if (before !== undefined) return io.emit('image.built', { ...before, source: sha256, reused: true });
  await storeSource(stack.account, { bucket: place.bucket, source: sha256, body: await readFile(source.file) });
  const build = await builds.start(sha256);
  io.emit('image.building', { build, source: sha256, bytes });
  await finished(builds, build, context);
  const built = await builds.find(sha256);
  if (built === undefined) throw new UserError('builtImageGone', { build });
  signal.throwIfAborted();
  io.emit('image.built', { ...built, source: sha256, reused: false });
}

const pollMs = 3000;

/** Shows each phase once when it begins. Throws `imageBuildFailed`. */
async function finished(builds: Builds, build: string, { io, signal }: CommandContext): Promise<void> {
  let shown = 0;
  for (;;) {
    const status = await builds.status(build);
    for (const { name } of status.phases.slice(shown)) io.emit('image.phase', { build, phase: name });
    shown = status.phases.length;
    if (status.state === 'failed') throw new UserError('imageBuildFailed', { build, ...failureOf(status) });
    if (status.state === 'succeeded') return;
    await sleep(pollMs, undefined, { signal });
  }
}

function failureOf({ phases, lines }: BuildStatus): { phase: string; why: string } {
  const failed = phases.find(({ state }) => state === 'failed');
  const why = [failed?.why ?? 'no reason is given', ...lines].join('\n');
  return { phase: failed?.name ?? 'an unknown phase', why };
}
