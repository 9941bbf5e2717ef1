import { planeModes } from '../../functions/core/plane-mode.ts';
import { noMoreResults } from './more-results.ts';
import { type SettingsChoice, usualSettings } from './settings-chosen.ts';

const key = 'labdeploy.settings';

/** What holds for other folders too. Channel, axes and thresholds of channels are of the images, and begin anew. */
type Remembered = Pick<SettingsChoice, 'model' | 'planes' | 'objects' | 'more'> & { ring: string };

export function rememberSettings({ model, planes, objects, more, measures }: SettingsChoice): void {
  const kept: Remembered = { model, planes, objects, more, ring: measures.ring };
  try {
    localStorage.setItem(key, JSON.stringify(kept));
  } catch (error) {
    console.warn(error); // the browser keeps nothing for this page: the next form has the usual settings
  }
}

export function forgetSettings(): void {
  localStorage.removeItem(key);
}

/** Those of the last job of this browser; the usual ones where there are none, or another version wrote them. */
export function rememberedSettings(stored: string | null = localStorage.getItem(key)): SettingsChoice {
  const kept = parsed(stored);
  if (!isRemembered(kept)) return usualSettings;
  const { ring, ...choice } = kept;
  return { ...usualSettings, ...choice, measures: { ...usualSettings.measures, ring } };
}

/** Is something chosen of what is remembered? */
export const isUnusual = (choice: SettingsChoice): boolean =>
  JSON.stringify({ ...choice, model: undefined }) !== JSON.stringify({ ...usualSettings, model: undefined }) ||
  choice.model !== undefined;

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
}

const isNumberOrNothing = (value: unknown): boolean =>
  typeof value === 'string' && (value === '' || Number.isFinite(Number(value)));

/** The same fields, each true or false. */
const hasFields = (value: unknown, like: object): boolean =>
  JSON.stringify(Object.keys(value ?? {}).sort()) === JSON.stringify(Object.keys(like).sort()) &&
  Object.values(value ?? {}).every((each) => typeof each === 'boolean');

function isRemembered(value: unknown): value is Remembered {
  const { model, planes, objects, more, ring } = (value ?? {}) as Partial<Record<keyof Remembered, unknown>>;
  const { threshold, minSize, invert, scale, ...others } = (objects ?? {}) as Record<string, unknown>;
  return (
    (model === undefined || typeof model === 'string') &&
    planeModes.some((mode) => mode === planes) &&
    [threshold, minSize, scale, ring].every(isNumberOrNothing) &&
    typeof invert === 'boolean' &&
    Object.keys(others).length === 0 &&
    hasFields(more, noMoreResults)
  );
}
