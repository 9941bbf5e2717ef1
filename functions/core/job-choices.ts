import type { JobSettings } from './job.ts';

/** What a user may choose of a job beside its model and what else it makes: all that predict depends on. */
export type JobChoices = Pick<
  JobSettings,
  | ('channel' | 'axes' | 'diameter' | 'scale' | 'invert' | 'threshold' | 'minSize')
  | ('planes' | 'ring' | 'positive' | 'rois' | 'ome' | 'zarr')
>;
type Chosen = { [K in keyof JobChoices]?: JobChoices[K] | undefined };

/** What was chosen, of options, a request or stored settings; nothing stands for a default. */
export const choicesOf = (chosen: Chosen): JobChoices => {
  const { channel, axes, diameter, scale, invert, threshold, minSize, planes, ring, positive } = chosen;
  const { rois, ome, zarr } = chosen;
  return {
    ...(channel !== undefined && { channel }),
    ...(axes !== undefined && { axes }),
    ...(diameter !== undefined && { diameter }),
    ...(scale !== undefined && { scale }),
    ...(invert === true && { invert }),
    ...(threshold !== undefined && { threshold }),
    ...(minSize !== undefined && { minSize }),
    ...(planes !== undefined && { planes }),
    ...(ring !== undefined && { ring }),
    ...(positive !== undefined && { positive }),
    ...(rois === true && { rois }),
    ...(ome === true && { ome }),
    ...(zarr === true && { zarr }),
  };
};
