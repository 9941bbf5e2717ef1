/** What a model may be begun with; each has a folder of its name in templates/. The value is what to do in it next. */
const steps = {
  stardist: 'python export.py MODEL --image TIFF',
  cellpose: 'python export.py MODEL --image TIFF',
  'scikit-image': 'labdeploy model check FOLDER',
} as const;
export type ModelSource = keyof typeof steps;
export const modelSources = Object.keys(steps) as ModelSource[];

export const nextStepOf = (source: ModelSource, folder: string): string => steps[source].replace('FOLDER', folder);
