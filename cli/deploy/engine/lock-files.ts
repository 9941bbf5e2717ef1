import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { CommandContext } from '../../context.ts';
import { UserError } from '../../errors.ts';
import { ownBuckets } from '../own-buckets.ts';
import { project } from '../settings.ts';
import type { OpenStack } from '../stack.ts';
import { type LockHolder, reportHolders, untilLeft } from './locks.ts';

/** Where the engine's own backends keep a file for each running change. Source: pkg/backend/diy of the engine. */
const locksFolder = (stack: string) => `.pulumi/locks/organization/${project}/${stack}/`;

interface LockFile {
  username: string;
  hostname: string;
  pid: number;
  timestamp: string;
}

/** A file may go while it is read. */
type Texts = (string | undefined)[];

/** Who changes the stack; none also where the backend does not show it. */
export async function lockHolders({ name, state, account }: OpenStack): Promise<LockHolder[]> {
  const texts =
    state.bucket !== undefined
      ? await readBucket(ownBuckets(account), state.bucket, locksFolder(name))
      : await readFolder(state.backendUrl, locksFolder(name));
  return texts.flatMap((text) => {
    if (text === undefined) return [];
    const { username, hostname, pid, timestamp } = JSON.parse(text) as LockFile;
    return [{ user: username, host: hostname, pid, since: timestamp }];
  });
}

/** Nothing while another process changes the stack: throws `stackLocked`. What is left of a killed change is waited for. */
export async function assertFree(
  stack: OpenStack,
  { io, signal }: Pick<CommandContext, 'io' | 'signal'>,
): Promise<void> {
  const holders = await lockHolders(stack);
  if (!(await untilLeft(holders, io, signal)))
    throw new UserError('stackLocked', { name: stack.name, holder: reportHolders(holders) });
}

async function readBucket(s3: S3Client, Bucket: string, Prefix: string): Promise<Texts> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  return Promise.all(
    Contents.map(async ({ Key }) => {
      const found = await unlessEnded(s3.send(new GetObjectCommand({ Bucket, Key })));
      return found?.Body?.transformToString();
    }),
  );
}

async function readFolder(backendUrl: string, below: string): Promise<Texts> {
  if (!backendUrl.startsWith('file://')) return [];
  const folder = join(fileURLToPath(backendUrl.replace('file://~', `file://${homedir()}`)), below);
  const names = (await unlessEnded(readdir(folder))) ?? [];
  const files = names.filter((name) => name.endsWith('.json'));
  return Promise.all(files.map((name) => unlessEnded(readFile(join(folder, name), 'utf8'))));
}

/** Undefined where what was to be read is gone: its change ended meanwhile. */
async function unlessEnded<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    const { name, code } = error as NodeJS.ErrnoException;
    if (name === 'NoSuchKey' || code === 'ENOENT') return undefined;
    throw error;
  }
}
