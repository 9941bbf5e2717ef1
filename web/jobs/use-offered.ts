import { useModels } from '../api/queries.ts';
import type { SettingsChoice } from './settings-chosen.ts';

/** The choice without a model that is not offered any more: it is none, and the form shows the service's first. */
export function useOffered(choice: SettingsChoice): SettingsChoice {
  const models = useModels();
  const isGone = models.state === 'ready' && !models.data.items.some(({ name }) => name === choice.model);
  return isGone ? { ...choice, model: undefined } : choice;
}
