import type { Feature } from '../functions/core/features.ts';
import type { Stage } from '../functions/stages/stage.ts';
import { stages, stagesWith } from '../functions/stages/stages.ts';
import type { Config } from './config.ts';

/** What switches each feature on; one without a line stays off on AWS. */
const switches: Partial<Record<Feature, (config: Config) => boolean>> = {
  people: ({ gallery }) => gallery === 'people',
  gallery: ({ gallery }) => gallery !== 'off',
  billing: ({ billing }) => billing,
  archiving: ({ archiving }) => archiving,
  teaching: ({ teach }) => teach !== 'off',
  endpoint: ({ endpoint }) => endpoint !== 'off',
};

/** The features of a stack with this configuration. */
export const featuresOf = (config: Config): ReadonlySet<Feature> =>
  new Set((Object.keys(switches) as Feature[]).filter((feature) => switches[feature]!(config)));

/** The stages of such a stack. */
export const stagesOf = (config: Config): readonly Stage[] => stagesWith(featuresOf(config), stages);
