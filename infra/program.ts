import * as pulumi from '@pulumi/pulumi';
import { buildArtifacts } from './build-artifacts.ts';
import { readConfig } from './config.ts';
import { currentAccount } from './current-account.ts';
import { Service } from './service.ts';

const namespace = 'labdeploy:';

/** The program of a stack: `pulumi up` runs it by infra/index, `labdeploy up` by itself. Returns the stack's outputs. Throws ConfigError. */
export async function program(): Promise<Service['outputs']> {
  const childOpts = Object.entries(pulumi.runtime.allConfig()).flatMap(([key, value]) =>
    key.startsWith(namespace) ? [[key.slice(namespace.length), value]] : [],
  );
  const config = readConfig(Object.fromEntries(childOpts));
  const [target, folders] = await Promise.all([currentAccount(), buildArtifacts(config)]);
  return new Service('labdeploy', { config, stack: pulumi.getStack(), target, ...folders }).outputs;
}
