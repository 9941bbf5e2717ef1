import { z } from 'zod';
import { broken, unsupported } from './refusals.ts';
import { largestGrid } from './settings.ts';
import { check, type OutputTensor } from './tensors.ts';

const whole = z.number().int().min(1);
const schema = z.object({
  thresholds: z.object({ prob: z.number(), nms: z.number() }).optional(),
  config: z
    .object({
      n_dim: whole.optional(),
      n_rays: whole.optional(),
      n_classes: whole.nullish(),
      grid: z.array(whole.max(largestGrid)).optional(),
    })
    .optional(),
});

/**
 * Our settings of a package, with what the package says under `config.stardist`, as `stardist.bioimageio_utils` writes it
 * (stardist 0.9): its thresholds, and the network's grid, since that export enlarges the maps to the size of the input.
 * What stands under `config.labdeploy` goes first. Throws `modelUnsupported` for 3-D networks and those with classes,
 * `modelBroken` where the outputs are not those of such a network.
 */
export function withStardistConfig(own: unknown, given: unknown, outputs: readonly OutputTensor[]): unknown {
  if (given === undefined || typeof own !== 'object' || own === null) return own;
  const { instances } = own as { instances?: { method?: unknown } };
  if (instances !== undefined && instances.method !== 'stardist') return own;
  const { thresholds, config } = check(schema, given, 'config.stardist');
  if (config?.n_dim !== undefined && config.n_dim !== 2)
    throw unsupported('config.stardist.config.n_dim', `a network of ${config.n_dim} dimensions`);
  if (config?.n_classes) throw unsupported('config.stardist.config.n_classes', 'a network with classes');
  const maps = outputs.reduce((sum, { channels }) => sum + channels.length, 0);
  if (config?.n_rays !== undefined && maps !== 1 + config.n_rays)
    throw broken('config.stardist.config.n_rays', `${config.n_rays} rays and a probability in ${maps} maps`);
  const [y, x] = config?.grid ?? [];
  if (y !== x) throw unsupported('config.stardist.config.grid', `a grid of ${y} by ${x}`);
  return {
    ...own,
    instances: {
      method: 'stardist',
      ...(thresholds && { threshold: thresholds.prob, overlap: thresholds.nms }),
      ...(y !== undefined && { cell: y }),
      ...instances,
    },
  };
}
