/** What a model may be begun with: folders of templates/ whose files it gets, and what to do with them next. */
const sources = {
  stardist: { templates: ['stardist'], next: 'python export.py MODEL --image TIFF' },
  cellpose: { templates: ['cellpose'], next: 'python export.py MODEL --image TIFF' },
  'scikit-image': { templates: ['container', 'scikit-image'], next: 'labdeploy model check FOLDER' },
  dockerfile: { templates: ['container', 'dockerfile'], next: 'labdeploy model build FOLDER' },
  'stardist-container': { templates: ['container', 'stardist-container'], next: 'python3 write_test.py' },
  'cellpose-sam': { templates: ['container', 'cellpose-sam'], next: 'python3 write_test.py' },
} as const;
export type ModelSource = keyof typeof sources;
export const modelSources = Object.keys(sources) as ModelSource[];

export const templatesOf = (source: ModelSource): readonly string[] => sources[source].templates;

export const nextStepOf = (source: ModelSource, folder: string): string =>
  sources[source].next.replace('FOLDER', folder);
