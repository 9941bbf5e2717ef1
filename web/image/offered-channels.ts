import type { ImageInfo } from '../../functions/image/image.ts';

type Channels = Pick<ImageInfo, 'samples' | 'channels' | 'channelNames'>;

/** What can be chosen for images that may differ. */
export interface OfferedChannels extends Channels {
  /** Names that only some images have, or that have another number in some. `channelNames`: those that all have. */
  names: string[];
}

/** Images that have the same channels. */
export interface ImageKind extends Channels {
  /** The first of them. */
  path: string;
  count: number;
}

/** The kinds of images by their channels, the commonest first. */
export function kindsOf(images: readonly (Channels & { path: string })[]): ImageKind[] {
  const kinds = new Map<string, ImageKind>();
  for (const { path, samples, channels, channelNames } of images) {
    const key = JSON.stringify([samples, channels, channelNames]);
    const kind = kinds.get(key) ?? { path, count: 0, samples, channels, channelNames };
    kind.count++;
    kinds.set(key, kind);
  }
  return [...kinds.values()].sort((a, b) => b.count - a.count);
}

/** Every channel of any of them, by its number; and by its name where that has no number of its own. */
export function offeredChannels(kinds: readonly Channels[]): OfferedChannels | undefined {
  const [first, ...others] = kinds;
  if (first === undefined) return undefined;
  const channels = Math.max(...kinds.map((kind) => kind.channels));
  const channelNames = Array.from({ length: channels }, (_, i) => {
    const name = first.channelNames[i];
    return others.every((kind) => kind.channelNames[i] === name) ? name : undefined;
  });
  const all = kinds.flatMap((kind) => kind.channelNames).filter((name) => name !== undefined && name.trim() !== '');
  const names = [...new Set(all as string[])].filter((name) => !channelNames.includes(name));
  return { samples: Math.min(...kinds.map(({ samples }) => samples)), channels, channelNames, names };
}
