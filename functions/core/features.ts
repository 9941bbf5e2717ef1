/** Parts of the service that a lab switches on. Where one is off its stages and queues are not there: they cost nothing and load nothing. */
export type Feature = 'archiving' | 'people' | 'gallery' | 'billing' | 'teaching' | 'endpoint';

export const noFeatures: ReadonlySet<Feature> = new Set();

/** What a lab's wall may show, as the setting says: nothing, results that people publish, or also pictures of people. */
export const galleries = ['off', 'figures', 'people'] as const;
export type Gallery = (typeof galleries)[number];

/** How people of a service that archives get another plan by themselves: not at all, by asking administrators, or at once. */
export const upgradeWays = ['off', 'ask', 'self'] as const;
export type Upgrades = (typeof upgradeWays)[number];
