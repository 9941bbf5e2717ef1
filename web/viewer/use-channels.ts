import { useCallback, useEffect, useState } from 'react';
import type { ImageInfo } from '../../functions/image/image.ts';
import { type ColourName, channelColours, firstColour } from './colours.ts';
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
  return Array.from({ length: channels }, (_, channel) => ({
    ...{ channel, sample: 0, low: 0, high: 1 },
    name: words.channel(channel, channelNames[channel]),
    shown: channel < shownAtFirst,
    colour: firstColour(channel, channels, channelNames[channel]),
  }));
}

/** What channels there are to show; undefined while the contrast of none is known. */
export function paintOf(channels: readonly Channel[], isColour: boolean): Paint | undefined {
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
  const missing = channels.findIndex(({ shown, samples }) => shown && samples === undefined);
  const [trouble, setTrouble] = useState<string>();
  useEffect(() => {
    if (missing === -1 || trouble !== undefined) return;
    auto(missing).catch((error: unknown) => setTrouble(error instanceof Error ? error.message : String(error)));
  }, [missing, auto, trouble]);
  return { channels, isColour, change, auto, trouble };
}
