/** Parts of the service that a lab switches on. Where one is off its stages and queues are not there: they cost nothing and load nothing. */
export type Feature = 'archiving' | 'people' | 'corrections' | 'gallery';

export const noFeatures: ReadonlySet<Feature> = new Set();

/** What a lab's wall may show, as the setting says: nothing, or results that people publish. */
export const galleries = ['off', 'figures'] as const;
export type Gallery = (typeof galleries)[number];
