import { z } from 'zod';
import { check } from './tensors.ts';

/** Written into the package by `labdeploy model build`. */
export const builtImageFile = 'built-image.json';

/** Programs that build and run images, in the order in which they are asked. */
export const containerEngines = ['podman', 'docker', 'buildah'] as const;
export type ContainerEngine = (typeof containerEngines)[number];

const builtImage = z.strictObject({
  /** sha256 of the files that it was built of. */
  source: z.string(),
  /** Its id, which is the digest of its configuration: `sha256:…`. */
  image: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  /** Program that has it. */
  engine: z.enum(containerEngines),
});
export type BuiltImage = z.infer<typeof builtImage>;

/** Throws `modelBroken`. */
export function readBuiltImage(text: string): BuiltImage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined; // refused below, by name
  }
  return check(builtImage, value, builtImageFile);
}
