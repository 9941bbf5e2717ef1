import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { type OpenStack, project } from './stack.ts';

/** Where the engine's own backends keep a file for each running change. Source: pkg/backend/diy of the engine. */
const locksFolder = (stack: string) => `.pulumi/locks/organization/${project}/${stack}/`;

/** Who changes the stack, as people read it; undefined where nobody does, or where the backend does not show it. */
export async function lockHolder({ name, state, account }: OpenStack): Promise<string | undefined> {
  const folder = locksFolder(name);
  const texts =
    state.bucket !== undefined
      ? await readBucket(new S3Client(account.client), state.bucket, folder)
      : state.backendUrl.startsWith('file://')
        ? await readFolder(
            join(fileURLToPath(state.backendUrl.replace('file://~', `file://${process.env.HOME}`)), folder),
          )
        : [];
  if (texts.length === 0) return undefined;
  return texts
    .map((text) => JSON.parse(text) as { username: string; hostname: string; pid: number; timestamp: string })
    .map(({ username, hostname, pid, timestamp }) => `${username}@${hostname}, process ${pid}, since ${timestamp}`)
    .join(' and ');
}

async function readBucket(s3: S3Client, Bucket: string, Prefix: string): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  return Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return (await Body?.transformToString()) ?? '';
    }),
  );
}

async function readFolder(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return Promise.all(
    names.filter((name) => name.endsWith('.json')).map((name) => readFile(join(folder, name), 'utf8')),
  );
}
