import { flowRoles, starRoles } from '../package/maps.ts';
import type { CellposeSettings, InstanceSettings, StardistSettings } from '../package/settings.ts';
import { cellposeObjects } from './cellpose/cellpose.ts';
import { foregroundInstances } from './foreground.ts';
import type { Labels } from './label.ts';
import { stardistObjects } from './stardist/stardist.ts';

/** Maps of one plane of height x width pixels: rows x columns each, or a sample every `grid` pixels. */
export interface InstanceMaps {
  names: readonly string[];
  data: readonly Float32Array[];
  height: number;
  width: number;
  /** Absent: 1. */
  grid?: number;
  /** Of one row of the maps; absent: the width. */
  columns?: number;
  /** Pixels that the model got, over those of the plane: maps with a grid are those of the resampled plane. Absent: 1. */
  factor?: number;
}

/** Objects from maps, as the model's settings say. */
export function findInstances(maps: InstanceMaps, settings: InstanceSettings): Labels {
  switch (settings.method) {
    case 'stardist':
      return starInstances(maps, settings);
    case 'cellpose':
      return flowInstances(maps, settings);
    default:
      return foregroundInstances(maps, settings);
  }
}

function starInstances(
  { names, data, height, width, grid = 1, columns = width, factor = 1 }: InstanceMaps,
  settings: StardistSettings,
): Labels {
  const { probability, rays } = starRoles(names, settings);
  const maps = {
    height: data[probability]!.length / columns,
    width: columns,
    grid,
    probability: data[probability]!,
    rays: rays.map((at) => data[at]!),
  };
  return stardistObjects(maps, { height, width, factor }, { ...settings, cell: settings.cell ?? grid });
}

function flowInstances({ names, data, height, width }: InstanceMaps, settings: CellposeSettings): Labels {
  const { y, x, probability } = flowRoles(names, settings);
  return cellposeObjects({ height, width, y: data[y]!, x: data[x]! }, data[probability]!, settings);
}
