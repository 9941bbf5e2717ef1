import * as pulumi from '@pulumi/pulumi';
import { built } from './build-artifacts.ts';
import { readConfig } from './config.ts';
import { currentPlace } from './current-account.ts';
import { Service } from './service.ts';

const namespace = 'labdeploy:';

/** The program of a stack: `pulumi up` runs it by infra/index, `labdeploy up` by itself. Returns the stack's outputs. Throws ConfigError. */
export async function program(): Promise<Service['outputs']> {
  const own = Object.entries(pulumi.runtime.allConfig()).flatMap(([key, value]) =>
    key.startsWith(namespace) ? [[key.slice(namespace.length), value]] : [],
  );
  const config = readConfig(Object.fromEntries(own));
  const [place, folders] = await Promise.all([currentPlace(), built(config)]);
  return new Service('labdeploy', { config, stack: pulumi.getStack(), place, ...folders }).outputs;
}
