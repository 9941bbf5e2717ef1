import type { ImageInfo } from '../../functions/image/image.ts';
import type { PlaneChoice } from './messages.ts';
import { words } from './words.ts';

const axes = [
  ['depth', 'depths'],
  ['time', 'times'],
  ['position', 'positions'],
] as const;

interface PlanePanelProps {
  info: ImageInfo;
  plane: PlaneChoice;
  onChange(plane: PlaneChoice): void;
}

/** Which plane of a stack or film is shown. */
export function PlanePanel({ info, plane, onChange }: PlanePanelProps) {
  const moving = axes.filter(([, count]) => info[count] > 1);
  if (moving.length === 0) return null;
  return (
    <fieldset className="viewer-part">
      <legend>{words.planes}</legend>
      {moving.map(([axis, count]) => (
        <label key={axis} className="viewer-slider">
          <span>{words.axes[axis]}</span>
          <input
            type="range"
            min={0}
            max={info[count] - 1}
            value={plane[axis]}
            aria-valuetext={words.ofPlanes(plane[axis], info[count])}
            onChange={(event) => onChange({ ...plane, [axis]: Number(event.currentTarget.value) })}
          />
          <span className="viewer-number">{words.ofPlanes(plane[axis], info[count])}</span>
        </label>
      ))}
    </fieldset>
  );
}
