import type { Picked } from '../upload/collect.ts';
import type { SettingsChoice } from './settings-chosen.ts';

/** What the form of a new job holds before it is sent. */
export interface Draft {
  name: string;
  choice: SettingsChoice;
}

const drafts = new WeakMap<Picked, Draft>();

/** Of the files that are chosen: a look at another screen loses neither the name nor the settings. */
export const draftOf = (picked: Picked): Draft | undefined => drafts.get(picked);

export const keepDraft = (picked: Picked, draft: Draft): void => void drafts.set(picked, draft);
