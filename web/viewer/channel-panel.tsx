import { Button } from '@mantine/core';
import { inShort } from '../format.ts';
import { type ColourName, channelColours, colourNames } from './colours.ts';
import { stepOf, withBound } from './contrast.ts';
import type { Channel } from './use-channels.ts';
import { words } from './words.ts';

interface ChannelPanelProps {
  channels: readonly Channel[];
  /** Type of the samples. */
  type: string;
  /** The channels are the colours of a colour image: their own colours stay. */
  isColour: boolean;
  onChange(index: number, by: Partial<Channel>): void;
  onAuto(index: number): void;
}

/** Which channels are shown, in which colours, and from which sample (black) to which (white). */
export const ChannelPanel = ({ channels, type, isColour, onChange, onAuto }: ChannelPanelProps) => (
  <fieldset className="viewer-part">
    <legend>{words.channels}</legend>
    {channels.map((channel, index) => (
      <div key={channel.name} className="viewer-channel">
        <div className="viewer-channel-head">
          <label>
            <input
              type="checkbox"
              checked={channel.shown}
              onChange={(event) => onChange(index, { shown: event.currentTarget.checked })}
            />{' '}
            {channel.name}
          </label>
          {!isColour && (
            <select
              aria-label={words.colourOf(channel.name)}
              value={channel.colour}
              onChange={(event) => onChange(index, { colour: event.currentTarget.value as ColourName })}
            >
              {colourNames.map((name) => (
                <option key={name} value={name}>
                  {words.colours[name]}
                </option>
              ))}
            </select>
          )}
          <Button
            variant="default"
            size="compact-xs"
            aria-label={words.autoOf(channel.name)}
            onClick={() => onAuto(index)}
          >
            {words.auto}
          </Button>
        </div>
        {channel.shown && channel.samples !== undefined && (
          <Contrast channel={channel} type={type} onChange={(by) => onChange(index, by)} />
        )}
      </div>
    ))}
  </fieldset>
);

const chart = { width: 256, height: 48 };

interface ContrastProps {
  channel: Channel;
  type: string;
  onChange(by: Pick<Channel, 'low' | 'high'>): void;
}

/** The distribution of the samples with black and white in it, and a slider for each. */
function Contrast({ channel, type, onChange }: ContrastProps) {
  const { samples, low, high, name, colour } = channel;
  if (samples === undefined) return null;
  const { least, most, bins } = samples;
  const step = stepOf(type, samples);
  const tallest = Math.log1p(Math.max(...bins));
  const at = (value: number) => (chart.width * (value - least)) / (most - least || 1);
  const [red, green, blue] = channelColours[colour];
  const slider = (bound: 'low' | 'high') => (
    <label className="viewer-slider">
      <span>{bound === 'low' ? words.blackShort : words.whiteShort}</span>
      <input
        type="range"
        min={Math.min(least, low)}
        max={Math.max(most, high)}
        step={step}
        value={channel[bound]}
        aria-label={bound === 'low' ? words.black(name) : words.white(name)}
        onChange={(event) => onChange(withBound({ low, high }, bound, Number(event.currentTarget.value), step))}
      />
      <span className="viewer-number">{inShort(channel[bound])}</span>
    </label>
  );
  const barPath = (bin: number, count: number): string => {
    const bar = tallest === 0 ? 0 : (chart.height * Math.log1p(count)) / tallest;
    const width = chart.width / bins.length;
    return `M${bin * width} ${chart.height}v${-bar}h${width}v${bar}z`;
  };
  return (
    <>
      <svg
        className="viewer-chart"
        viewBox={`0 0 ${chart.width} ${chart.height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words.distribution(name, inShort(least), inShort(most))}
      >
        <path d={bins.map((count, i) => barPath(i, count)).join('')} />
        <line x1={at(low)} y1={chart.height} x2={at(high)} y2={0} style={{ stroke: `rgb(${red} ${green} ${blue})` }} />
      </svg>
      {slider('low')}
      {slider('high')}
    </>
  );
}
