/** What a network may have been trained with; each has a folder of its name in templates/. */
export const modelSources = ['stardist', 'cellpose'] as const;
export type ModelSource = (typeof modelSources)[number];
