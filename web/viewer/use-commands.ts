import type { ImageInfo } from '../../functions/image/image.ts';
import type { Command } from './keys.ts';
import type { PlaneChoice } from './messages.ts';
import { nextRow } from './objects.ts';
import type { Scene } from './scene.ts';
import type { TileLayer } from './tile-layer.ts';
import type { Channel } from './use-channels.ts';
import { drawings, type Objects } from './use-objects.ts';
import { centred, fitted, middle, type Point, panned, zoomed } from './viewport.ts';

interface Commanded {
  info: ImageInfo;
  scene: Scene | undefined;
  plane: PlaneChoice;
  labelPlane: PlaneChoice;
  setPlane(plane: PlaneChoice): void;
  channels: readonly Channel[];
  change(index: number, by: Partial<Channel>): void;
  auto(index: number): Promise<void>;
  objects: Objects;
  labelLayer: TileLayer | undefined;
  onHelp(): void;
}

/** CSS pixels for one of the image, at least, when an object is shown from its row. */
const objectScale = 2;

/** What keys, buttons, clicks and rows do. */
export function useCommands(on: Commanded) {
  const { info, scene, objects } = on;
  const { table, select } = objects;

  /** Chooses the object of a row, and brings it into the middle. */
  const showRow = (row: number | undefined): void => {
    if (row === undefined || table === undefined) return;
    select(table.labelOf(row));
    const centre = table.centreOf(row);
    if (centre !== undefined) scene?.move(centred(scene.viewport(), centre, info, objectScale));
  };

  /** Chooses the object at a point of the image; where there is none, none. */
  const pick = async ({ x, y }: Point): Promise<void> => {
    if (on.labelLayer === undefined || x < 0 || y < 0 || x >= info.width || y >= info.height) return select(0);
    const at = { plane: on.labelPlane, sources: [{ channel: 0, sample: 0 }], x: Math.floor(x), y: Math.floor(y) };
    const [label = 0] = await on.labelLayer.worker.ask('pixel', at).catch(() => [0]); // the layer says why it cannot be read
    select(label);
  };

  const obey = (command: Command): void => {
    if (scene === undefined) return;
    if (isMove(command)) move(command, scene, info);
    else change(command, on, showRow);
  };
  return { showRow, pick, obey };
}

type Move = 'pan' | 'step' | 'zoom' | 'fit' | 'actual';
const isMove = (command: Command): command is Command & { do: Move } =>
  ['pan', 'step', 'zoom', 'fit', 'actual'].includes(command.do);

function move(command: Command & { do: Move }, scene: Scene, info: ImageInfo): void {
  const viewport = scene.viewport();
  const { width, height, scale } = viewport;
  if (command.do === 'pan') scene.move(panned(viewport, { x: command.x * width, y: command.y * height }, info));
  else if (command.do === 'step') scene.move(panned(viewport, { x: command.x * scale, y: command.y * scale }, info));
  else if (command.do === 'fit') scene.move(fitted(info, viewport));
  else scene.move(zoomed(viewport, command.do === 'zoom' ? command.factor : 1 / scale, middle(viewport), info));
}

function change(command: Command, on: Commanded, showRow: (row: number | undefined) => void): void {
  const { info, plane, channels, objects } = on;
  const { table, passing, selected, drawing } = objects;
  switch (command.do) {
    case 'depth':
    case 'time': {
      const last = (command.do === 'depth' ? info.depths : info.times) - 1;
      on.setPlane({ ...plane, [command.do]: Math.min(last, Math.max(0, plane[command.do] + command.by)) });
      break;
    }
    case 'channel': {
      const channel = channels[command.index];
      if (channel !== undefined) on.change(command.index, { shown: !channel.shown });
      break;
    }
    case 'auto':
      for (const [index, { shown }] of channels.entries()) if (shown) void on.auto(index);
      break;
    case 'objects':
      objects.draw(drawings[(drawings.indexOf(drawing) + 1) % drawings.length]!);
      break;
    case 'object':
      if (table !== undefined) showRow(nextRow(table, passing, selected, command.by));
      break;
    case 'none':
      objects.select(0);
      break;
    case 'help':
      on.onHelp();
  }
}
