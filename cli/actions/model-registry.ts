import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { VersionView } from '../../functions/contract/models.ts';
import { openPackageFiles } from '../../functions/model/package/package-files.ts';
import { type Connection, connect } from '../client/connect.ts';
import { type PackedModel, packModel } from '../client/packed-model.ts';
import type { ServiceClient } from '../client/service-client.ts';
import { outgoing, putOutgoing } from '../client/upload.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';

interface OnService {
  url: string;
}

export interface AddOptions extends OnService {
  offer?: boolean;
  parent?: string;
  score?: Record<string, number>;
  wait: boolean;
}

/**
 * Sends a package to a service, waits for its check, and offers it where that is asked for. The same package is sent once:
 * a repeat continues. Throws when the service refuses it.
 */
export async function addModel(path: string, options: AddOptions, context: CommandContext): Promise<void> {
  const { io, cwd, signal } = context;
  const given = resolve(cwd, path);
  await openPackageFiles(given); // before anything is sent
  await using model = await packModel(given);
  const connection = await connect(options.url, context);
  const { client } = connection;
  let version = await announce(client, model, options);
  if (version.state === 'added') {
    io.emit('model.adding', { id: version.id, bytes: model.bytes, url: connection.origin });
    await send(connection, version.id, { ...model, path }, signal);
  }
  if (!options.wait) return io.emit('model.version', { version });
  version = await checkedVersion(client, version.id, context);
  if (options.offer === true && !version.offered)
    version = await client.call('offerVersion', { params: { version: version.id } });
  io.emit('model.version', { version });
}

/** The version that has these bytes, or is made for them. */
async function announce(
  client: ServiceClient,
  { bytes, sha256 }: PackedModel,
  { parent, score }: AddOptions,
): Promise<VersionView> {
  const { items } = await client.call('listVersions');
  const known = items.find((each) => each.package === sha256 && each.state === 'ready');
  if (known !== undefined) return known;
  const body = {
    bytes,
    ...(parent !== undefined && { parent: (await findVersion(client, parent)).id }),
    ...(score !== undefined && { scores: score }),
  };
  // The same package with the same words is one request, however often it is begun; not where the version was retired.
  const retired = items.filter((each) => each.package === sha256).length;
  const key = createHash('sha256')
    .update(JSON.stringify([sha256, body, retired]))
    .digest('hex');
  const { id } = await client.call('addVersion', { body, key });
  return client.call('showVersion', { params: { version: id } }); // a repeat gets the answer of the first
}

async function send(
  { client, origin }: Connection,
  id: string,
  { file, bytes, path }: { file: string; bytes: number; path: string },
  signal: AbortSignal,
): Promise<void> {
  const { request } = await client.call('signPackage', { params: { version: id } });
  await putOutgoing(request, outgoing({ file, path, bytes }), { origin, signal });
}

const pollMs = 1000;

/** The version when its check has ended. Throws `modelRefused`. */
async function checkedVersion(client: ServiceClient, id: string, { io, signal }: CommandContext): Promise<VersionView> {
  let shown = 0;
  for (;;) {
    const version = await client.call('showVersion', { params: { version: id } });
    const { phases = [], lines = [] } = version.build ?? {};
    for (const { name } of phases.slice(shown)) io.emit('image.phase', { build: id, phase: name });
    shown = phases.length;
    if (version.state === 'refused') {
      const { message, next } = version.failure ?? { message: 'without a reason' };
      const why = [message, ...lines].join('\n');
      throw new UserError('modelRefused', { id, why, next: next ?? `labdeploy model check ${id} --url …` });
    }
    if (version.state === 'ready' || version.state === 'retired') return version;
    io.emit('model.waiting', { id, state: version.state });
    await sleep(pollMs, undefined, { signal });
  }
}

/** All versions of a service, or one. */
export async function showVersions(wanted: string | undefined, { url }: OnService, context: CommandContext) {
  const { client } = await connect(url, context);
  if (wanted !== undefined) return context.io.emit('model.version', { version: await findVersion(client, wanted) });
  const [{ items: versions }, { items: offered }] = await Promise.all([
    client.call('listVersions'),
    client.call('listModels'),
  ]);
  context.io.emit('model.versions', { versions, offered });
}

/** Checks a version of a service again, and waits. */
export async function checkAgain(wanted: string, { url }: OnService, context: CommandContext): Promise<void> {
  const { client } = await connect(url, context);
  const { id } = await findVersion(client, wanted);
  await client.call('checkVersion', { params: { version: id } });
  context.io.emit('model.version', { version: await checkedVersion(client, id, context) });
}

export async function offerVersion(wanted: string, { url }: OnService, context: CommandContext): Promise<void> {
  const { client } = await connect(url, context);
  const { id } = await findVersion(client, wanted);
  context.io.emit('model.version', { version: await client.call('offerVersion', { params: { version: id } }) });
}

/** It cannot be taken back: a user at a terminal must say so, or --yes. */
export async function retireVersion(wanted: string, { url }: OnService, context: CommandContext): Promise<void> {
  const { client } = await connect(url, context);
  const { id, name, revision } = await findVersion(client, wanted);
  const shown = name === undefined ? id : `${name}@${revision}`;
  if (!(await context.confirm(`Retire ${shown}? No new job will use it; jobs that use it keep it.`)))
    throw new UserError('declined', { command: 'retire' });
  context.io.emit('model.version', { version: await client.call('retireVersion', { params: { version: id } }) });
}

/** By its id, or by name and number: `nuclei@3`. Throws `versionUnknown`. */
async function findVersion(client: ServiceClient, wanted: string): Promise<VersionView> {
  const { items } = await client.call('listVersions');
  const [, name, number] = /^(.*)@(\d+)$/.exec(wanted) ?? [];
  const found = items.find(
    (each) =>
      each.id === wanted || (each.name?.toLowerCase() === name?.toLowerCase() && each.revision === Number(number)),
  );
  if (found === undefined) throw new UserError('versionUnknown', { wanted });
  return found;
}
