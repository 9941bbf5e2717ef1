import { findBuildah } from './buildah.ts';
import type { Builder } from './builder.ts';
import { findEngine } from './container-engine.ts';

/** Docker, Podman or buildah. Throws an Error that says why none of them can be used. */
export async function findBuilder(): Promise<Builder> {
  const reasons: string[] = [];
  for (const find of [() => findEngine('docker'), () => findEngine('podman'), findBuildah]) {
    try {
      return await find();
    } catch (error) {
      reasons.push((error as Error).message.trim().split('\n')[0]!);
    }
  }
  throw new Error(`no builder of images: ${reasons.join('; ')}`);
}
