import type { Corrections } from '../../../functions/contract/edits.ts';
import type { EditTool } from '../../../functions/core/edits.ts';
import { inNumbers } from '../../format.ts';

type Round = NonNullable<Corrections['round']>;

/** Every word of correcting labels. */
export const correctWords = {
  correct: 'Correct',
  begin: 'Correct the objects',
  stop: 'Stop correcting',
  opening: 'Opening the corrections…',
  tool: 'Tool',
  tools: {
    choose: 'Choose',
    brush: 'Brush',
    eraser: 'Eraser',
    lasso: 'Lasso',
    click: 'Add by click',
    split: 'Split',
    merge: 'Merge',
    fill: 'Fill',
    delete: 'Delete',
  },
  toolHelp: {
    choose: 'Click an object to choose it, drag to move the picture.',
    brush: 'Draw more of the chosen object; where none is chosen, a new one. Others lose nothing.',
    eraser: 'Erase of the chosen object; where none is chosen, of all.',
    lasso: 'Draw around what belongs to the chosen object; where none is chosen, to a new one.',
    click:
      'Click something that was missed: what the model saw there is shown, and Enter or another click into it adds it.',
    split: 'Draw a line through an object: it becomes two.',
    merge: 'Draw a line over objects: they become one.',
    fill: 'Click a hole: it becomes the object’s around it.',
    delete: 'Click an object: it goes.',
  },
  radius: 'Radius',
  pixels: (radius: number): string => `${radius} px`,
  level: 'Threshold',
  noMap: 'This job keeps no map of the model: grey values are used, those as bright around the click.',
  proposed: (pixels: number, from: 'map' | 'grey', hasMap: boolean): string => {
    if (pixels === 0) return 'Nothing is found here at this threshold, or there is an object already.';
    const count = `${inNumbers(pixels)} ${pixels === 1 ? 'pixel' : 'pixels'}`;
    if (from === 'map') return `${count} by the model’s map.`;
    return hasMap ? `${count} by grey values: the model saw nothing here.` : `${count} by grey values.`;
  },
  take: 'Add it',
  leave: 'Leave it',
  nextUncertain: 'Next uncertain (U)',
  uncertain: ({ number, count }: { number: number; count: number }): string =>
    count === 0 ? 'Nothing uncertain is left in this plane.' : `${inNumbers(number)} of ${inNumbers(count)}`,
  noObject: 'No object is chosen: brush and lasso make new ones. Shift and drag moves the picture.',
  className: 'Class, such as neuron',
  setClass: 'Name it',
  undo: 'Undo',
  redo: 'Redo',
  accept: 'Accept what is in view',
  acceptAll: 'Accept the whole picture',
  stored: (waiting: number, revision: number): string =>
    waiting > 0
      ? `Storing ${inNumbers(waiting)} corrections…`
      : revision === 0
        ? 'Nothing is corrected yet.'
        : `All corrections are stored: revision ${inNumbers(revision)}.`,
  lastBy: (name: string): string => `The last one is by ${name}.`,
  tableStays: 'The table of objects stays the model’s; the corrected one comes with the corrected results.',
  waiting: (count: number, why: string): string =>
    `${inNumbers(count)} corrections wait in this browser until the service takes them: ${why}`,
  contested: (objects: readonly number[]): string =>
    `Somebody else changed ${objects.length === 1 ? 'an object' : `${inNumbers(objects.length)} objects`} at the same time. The later change stands; undo takes yours back.`,
  seen: 'I have seen it',
  import: 'Corrected elsewhere',
  importFile: 'Labels of this image',
  importHint:
    'A label TIFF, a zip of ROIs of Fiji (images of one plane), or Cellpose’s _seg.npy. Objects become those of the file; undo takes it back.',
  importing: 'Reading the labels…',
  importFailed: (file: string): string => `${file} was not imported`,
  imported: (count: number): string =>
    count === 0
      ? 'The file has the labels that stand.'
      : `The labels are those of the file: ${inNumbers(count)} ${count === 1 ? 'correction' : 'corrections'}.`,
  history: (revision: number): string => `History: ${inNumbers(revision)} ${revision === 1 ? 'revision' : 'revisions'}`,
  original: 'What the model found',
  revision: (revision: number): string => `Revision ${inNumbers(revision)}`,
  /** `name`: undefined of one person, who needs no name. */
  revisionBy: (steps: readonly string[], name: string | undefined, when: string): string =>
    [...steps, ...(name === undefined ? [] : [`by ${name}`]), when].join(', '),
  steps: {
    ...{ brush: 'brush', eraser: 'eraser', lasso: 'lasso', click: 'added by click', fill: 'filled' },
    ...{ split: 'split', merge: 'merged', delete: 'deleted', class: 'named', accept: 'accepted' },
    ...{ import: 'imported', undo: 'undone', restore: 'restored' },
  } satisfies Record<EditTool, string>,
  look: 'Look',
  lookAt: (what: string): string => `Look at ${what}`,
  looking: (what: string): string => `Shown: ${what}`,
  lookingText: 'Nothing is changed. What came later stays in the history, whatever you do.',
  restore: 'Restore it',
  toNewest: 'Back to what stands',
  olderRevisions: 'Older',
  make: 'Make corrected results',
  download: 'Download corrected results',
  failed: (why: string): string => `The corrected results could not be made: ${why}`,
  round: ({ state, by, outdated, images }: Round, isOnePerson: boolean): string => {
    const count = `${inNumbers(images.length)} ${images.length === 1 ? 'image' : 'images'}`;
    const what = isOnePerson ? count : `${count}, asked for by ${by}`;
    if (state === 'working') return `Corrected results are being made: ${what}.`;
    return outdated
      ? `Corrected results are ready, without the newest corrections: ${what}.`
      : `Corrected results are ready: ${what}.`;
  },
} as const;
