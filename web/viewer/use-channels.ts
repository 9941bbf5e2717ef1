import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ImageInfo } from '../../functions/image/image.ts';
import { type ColourName, channelColours, firstColours } from './colours.ts';
import type { ChannelSamples } from './contrast.ts';
import type { ChannelSource, Paint, PlaneChoice } from './messages.ts';
import type { TileLayer } from './tile-layer.ts';
import { words } from './words.ts';

/** One channel, and how it is shown. */
export interface Channel extends ChannelSource {
  name: string;
  shown: boolean;
  colour: ColourName;
  low: number;
  high: number;
  /** Of its samples; undefined until some are read. */
  samples?: ChannelSamples;
}

/** More are listed, and hidden at first: light of more colours is white. */
const shownAtFirst = 6;

function channelsOf({ channels, channelNames, samples, type }: ImageInfo): Channel[] {
  if (samples > 1) {
    const range = type === 'uint8' ? { low: 0, high: 255 } : { low: 0, high: 65_535 };
    return (['red', 'green', 'blue'] as const).flatMap((colour, sample) =>
      Array.from({ length: channels }, (_, channel) => ({
        ...{ channel, sample, colour, ...range },
        name: channels === 1 ? words.colourSamples[sample]! : `${words.colourSamples[sample]} ${channel}`,
        shown: channel === 0,
      })),
    );
  }
  const colours = firstColours(channels, channelNames);
  return colours.map((colour, channel) => ({
    ...{ channel, sample: 0, low: 0, high: 1 },
    name: words.channel(channel, channelNames[channel]),
    shown: channel < shownAtFirst,
    colour,
  }));
}

/** What channels there are to show; undefined while the contrast of none is known. */
function paintOf(channels: readonly Channel[], isColour: boolean): Paint | undefined {
  const ready = channels.filter(({ shown, samples }) => shown && (isColour || samples !== undefined));
  if (ready.length === 0 && channels.some(({ shown }) => shown)) return undefined;
  const shown = ready.map(({ channel, sample, low, high, colour }) => ({
    ...{ channel, sample, low, high },
    colour: isColour ? pureColour[sample]! : channelColours[colour],
  }));
  return { kind: 'channels', channels: shown };
}

const pureColour = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
] as const;

/** Channels of an open image; the contrast of each is found from the plane that is shown first, and again when asked. */
export function useChannels(layer: TileLayer, plane: PlaneChoice) {
  const { info } = layer.opened;
  const isColour = info.samples > 1;
  const [channels, setChannels] = useState(() => channelsOf(info));
  const change = useCallback(
    (index: number, by: Partial<Channel>) =>
      setChannels((all) => all.map((each, i) => (i === index ? { ...each, ...by } : each))),
    [],
  );
  const auto = useCallback(
    async (index: number) => {
      const { channel, sample } = channelsOf(info)[index]!;
      const samples = await layer.worker.ask('describe', { plane, source: { channel, sample } });
      change(index, { samples, ...(!isColour && { low: samples.low, high: samples.high }) });
    },
    [layer, plane, info, isColour, change],
  );
  const asked = useRef(new Set<number>());
  const [trouble, setTrouble] = useState<string>();
  useEffect(() => {
    if (trouble !== undefined) return;
    for (const [index, { shown, samples }] of channels.entries()) {
      if (!shown || samples !== undefined || asked.current.has(index)) continue;
      asked.current.add(index); // all at once: each waits for bytes, not for the others
      auto(index)
        .catch((error: unknown) => setTrouble(error instanceof Error ? error.message : String(error)))
        .finally(() => asked.current.delete(index));
    }
  }, [channels, auto, trouble]);
  const isKnown = isColour || channels.every(({ shown, samples }) => !shown || samples !== undefined);
  const begun = useRef(false);
  begun.current ||= isKnown || trouble !== undefined;
  // all at once at first: they come together, and each alone would have every tile painted again
  const isBegun = begun.current;
  const paint = useMemo(() => (isBegun ? paintOf(channels, isColour) : undefined), [channels, isColour, isBegun]);
  return { channels, isColour, paint, change, auto, trouble };
}
