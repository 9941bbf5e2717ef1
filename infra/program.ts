import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { readConfig } from './config.ts';
import { currentPlace } from './place.ts';
import { Service } from './service.ts';

const namespace = 'labdeploy:';

/** Beside the sources, or in dist/ itself. */
const inDist = join(import.meta.dirname, '../web/index.html');
const dist = existsSync(inDist) ? join(import.meta.dirname, '..') : join(import.meta.dirname, '../dist');

/** What `npm run build` made for the cloud. */
export const built = { code: join(dist, 'bundles'), page: join(dist, 'web') };

/** The program of a stack: `pulumi up` runs it by infra/index, `labdeploy up` by itself. Returns the stack's outputs. Throws ConfigError. */
export async function program(): Promise<Service['outputs']> {
  const own = Object.entries(pulumi.runtime.allConfig()).flatMap(([key, value]) =>
    key.startsWith(namespace) ? [[key.slice(namespace.length), value]] : [],
  );
  const config = readConfig(Object.fromEntries(own));
  const { version } = JSON.parse(readFileSync(join(dist, '../package.json'), 'utf8')) as { version: string };
  const place = await currentPlace();
  return new Service('labdeploy', { config, stack: pulumi.getStack(), place, version, ...built }).outputs;
}
