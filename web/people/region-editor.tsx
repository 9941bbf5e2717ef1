import { Button } from '@mantine/core';
import { type KeyboardEvent, type PointerEvent, useId, useRef, useState } from 'react';
import { type Box, byKey, moved, newRegion, type Region, resized, type Size } from './regions.ts';
import { words } from './words.ts';

interface RegionEditorProps {
  /** Signed. */
  url: string;
  size: Size;
  boxes: readonly Box[];
  onChange(boxes: Box[]): void;
}

/** Boxes over a picture, which are moved, resized, added and removed by pointer or keyboard. */
export function RegionEditor({ url, size, boxes, onChange }: RegionEditorProps) {
  const frame = useRef<HTMLDivElement>(null);
  const help = useId();
  const [chosen, setChosen] = useState<number>();
  const change = (id: number, region: Region) => onChange(boxes.map((box) => (box.id === id ? { id, region } : box)));
  const add = () => {
    const id = Math.max(0, ...boxes.map((box) => box.id)) + 1;
    onChange([...boxes, { id, region: newRegion(size) }]);
    setChosen(id);
  };
  const remove = (id: number) => {
    onChange(boxes.filter((box) => box.id !== id));
    setChosen(undefined);
    frame.current?.focus(); // what had the focus is gone
  };
  return (
    <>
      <p id={help} className="soft">
        {words.keys}
      </p>
      <div ref={frame} className="people-frame" tabIndex={-1}>
        <img src={url} alt={words.upright} width={size.width} height={size.height} />
        {boxes.map(({ id, region }, i) => (
          <RegionBox
            key={id}
            {...{ region, size, help }}
            number={i + 1}
            isChosen={id === chosen}
            onChoose={() => setChosen(id)}
            onChange={(next) => change(id, next)}
            onRemove={() => remove(id)}
          />
        ))}
      </div>
      <div className="row">
        <Button variant="default" onClick={add}>
          {words.addBox}
        </Button>
        <Button
          variant="default"
          disabled={chosen === undefined}
          onClick={() => chosen !== undefined && remove(chosen)}
        >
          {words.removeBox}
        </Button>
        <span className="soft" role="status">
          {words.boxes(boxes.length)}
        </span>
      </div>
    </>
  );
}

interface RegionBoxProps {
  region: Region;
  size: Size;
  /** Id of what says which keys there are. */
  help: string;
  number: number;
  isChosen: boolean;
  onChoose(): void;
  onChange(region: Region): void;
  onRemove(): void;
}

/** Pixels of the screen from the lower right corner of a box, by which it is resized. */
const cornerPx = 16;

function RegionBox({ region, size, help, number, isChosen, onChoose, onChange, onRemove }: RegionBoxProps) {
  const drag = useRef<{ x: number; y: number; from: Region; change: typeof moved }>(undefined);
  const begin = (event: PointerEvent<HTMLButtonElement>) => {
    const { right, bottom } = event.currentTarget.getBoundingClientRect();
    const { clientX: x, clientY: y, pointerId } = event;
    const isCorner = right - x < cornerPx && bottom - y < cornerPx;
    drag.current = { x, y, from: region, change: isCorner ? resized : moved };
    event.currentTarget.setPointerCapture(pointerId);
    onChoose();
  };
  const go = (event: PointerEvent<HTMLButtonElement>) => {
    if (drag.current === undefined) return;
    const { x, y, from, change } = drag.current;
    const scale = size.width / event.currentTarget.parentElement!.getBoundingClientRect().width;
    onChange(change(from, (event.clientX - x) * scale, (event.clientY - y) * scale, size));
  };
  const end = () => {
    drag.current = undefined;
  };
  const press = (event: KeyboardEvent) => {
    const next = byKey(region, event, size);
    if (next !== undefined) onChange(next);
    else if (event.key === 'Delete' || event.key === 'Backspace') onRemove();
    else return;
    event.preventDefault(); // the arrows would scroll
  };
  return (
    <button
      type="button"
      className="people-box"
      aria-label={words.box(number, region)}
      aria-pressed={isChosen}
      aria-describedby={help}
      style={{
        left: `${(100 * region.x) / size.width}%`,
        top: `${(100 * region.y) / size.height}%`,
        width: `${(100 * region.width) / size.width}%`,
        height: `${(100 * region.height) / size.height}%`,
      }}
      onFocus={onChoose}
      onPointerDown={begin}
      onPointerMove={go}
      onPointerUp={end}
      onPointerCancel={end}
      onKeyDown={press}
    />
  );
}
