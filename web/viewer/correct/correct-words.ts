import type { Corrections } from '../../../functions/contract/edits.ts';
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
    click: 'Click something that was missed: what is as bright around it becomes an object.',
    split: 'Draw a line through an object: it becomes two.',
    merge: 'Draw a line over objects: they become one.',
    fill: 'Click a hole: it becomes the object’s around it.',
    delete: 'Click an object: it goes.',
  },
  radius: 'Radius',
  pixels: (radius: number): string => `${radius} px`,
  level: 'Threshold',
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
  waiting: (count: number, why: string): string =>
    `${inNumbers(count)} corrections wait in this browser until the service takes them: ${why}`,
  contested: (objects: readonly number[]): string =>
    `Somebody else changed ${objects.length === 1 ? 'an object' : `${inNumbers(objects.length)} objects`} at the same time. The later change stands; undo takes yours back.`,
  seen: 'I have seen it',
  make: 'Make corrected results',
  download: 'Download corrected results',
  failed: (why: string): string => `The corrected results could not be made: ${why}`,
  round: ({ state, by, outdated, images }: Round): string => {
    const what = `${inNumbers(images.length)} ${images.length === 1 ? 'image' : 'images'}, asked for by ${by}`;
    if (state === 'working') return `Corrected results are being made: ${what}.`;
    return outdated
      ? `Corrected results are ready, without the newest corrections: ${what}.`
      : `Corrected results are ready: ${what}.`;
  },
} as const;
