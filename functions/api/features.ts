import type { Feature } from '../core/features.ts';
import type { ApiServices } from './services.ts';

/** Features of the API that are on: those whose ports it has. */
export const featuresOf = ({
  ports,
  pictures,
  planChanges,
  teaching,
}: Pick<ApiServices, 'ports' | 'pictures' | 'planChanges' | 'teaching'>): ReadonlySet<Feature> =>
  new Set<Feature>([
    ...(ports.figures === undefined ? [] : (['gallery'] as const)),
    ...(planChanges?.billing === undefined ? [] : (['billing'] as const)),
    ...(pictures === undefined ? [] : (['people'] as const)),
    ...(teaching === undefined ? [] : (['teaching'] as const)),
  ]);
