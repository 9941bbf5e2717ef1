import type { ModelView } from '../../functions/contract/service.ts';
import type { ImageInfo } from '../../functions/image/image.ts';
import { strings } from '../strings.ts';

/** What can be chosen for an image of which something is known; '' is the model's choice. */
export function channelChoices(
  info: Pick<ImageInfo, 'channels' | 'channelNames'> | undefined,
  preferred: ModelView['defaultChannel'],
): { value: string; label: string }[] | undefined {
  if (info === undefined) return undefined;
  const own = Array.from({ length: info.channels }, (_, i) => ({
    value: `#${i}`,
    label: strings.channelNamed(i, info.channelNames[i]),
  }));
  return [{ value: '', label: strings.channelDefault(preferred) }, ...own];
}

/** As the API takes it: an index, a name, or nothing. `#2` is of the list, `2` and a name are typed. */
export function channelOf(chosen: string): number | string | undefined {
  const text = chosen.trim();
  if (text === '') return undefined;
  const index = /^#?(\d{1,3})$/.exec(text)?.[1];
  return index === undefined ? text : Number(index);
}
