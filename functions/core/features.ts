/** Parts of the service that a lab switches on. Where one is off its stages and queues are not there: they cost nothing and load nothing. */
export type Feature = 'archiving' | 'people' | 'corrections';

export const noFeatures: ReadonlySet<Feature> = new Set();
