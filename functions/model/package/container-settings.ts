import { z } from 'zod';

/** One of these says where the program is that runs the model. */
const kinds = ['url', 'command', 'image', 'build'] as const;

/** What runs a model that has no ONNX weights (docs/containers.md). */
export const containerSettings = z
  .strictObject({
    /** It runs already, at this address. */
    url: z.url({ protocol: /^https?$/ }).optional(),
    /** A program and its arguments; it runs in the folder of the package and listens on 127.0.0.1, port `PORT`. */
    command: z.array(z.string().min(1)).min(1).optional(),
    /** An image by its name, best with its digest. */
    image: z
      .string()
      .regex(/^[a-z0-9][\w./:@-]*$/, 'is no name of an image')
      .optional(),
    /** The Dockerfile in the package of which `labdeploy model build` makes an image. */
    build: z.string().min(1).optional(),
    /** Seconds until it answers /ping. */
    startSeconds: z.number().int().min(1).max(3600).optional(),
    /** Memory that an image may take, GB; absent: as much as there is. */
    memoryGb: z.number().positive().max(4096).optional(),
    /** An image gets the graphics cards of the machine. */
    gpu: z.boolean().optional(),
  })
  .refine((given) => kinds.filter((kind) => given[kind] !== undefined).length === 1, {
    error: `needs one of ${kinds.join(', ')}`,
  });

export type ContainerSettings = z.infer<typeof containerSettings>;
