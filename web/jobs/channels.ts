import type { ModelView } from '../../functions/contract/service.ts';
import type { OfferedChannels } from '../image/offered-channels.ts';
import { strings } from '../strings.ts';

/** What can be chosen for images of which something is known; '' is the model's choice. */
export function channelChoices(
  offered: Pick<OfferedChannels, 'channels' | 'channelNames' | 'names'> | undefined,
  preferred: ModelView['defaultChannel'],
): { value: string; label: string }[] | undefined {
  if (offered === undefined) return undefined;
  const own = Array.from({ length: offered.channels }, (_, i) => ({
    value: `#${i}`,
    label: strings.channelNamed(i, offered.channelNames[i]),
  }));
  const named = offered.names
    .filter((name) => channelOf(name) === name) // others would be read as numbers
    .map((name) => ({ value: name, label: strings.channelCalled(name) }));
  return [{ value: '', label: strings.channelDefault(preferred) }, ...own, ...named];
}

/** As the API takes it: an index, a name, or nothing. `#2` is of the list, `2` and a name are typed. */
export function channelOf(chosen: string): number | string | undefined {
  const text = chosen.trim();
  if (text === '') return undefined;
  const index = /^#?(\d{1,3})$/.exec(text)?.[1];
  return index === undefined ? text : Number(index);
}
