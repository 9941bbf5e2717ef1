import type { TensorAxis } from '../package/tensors.ts';

export interface Size {
  height: number;
  width: number;
}

export const tensorShape = (axes: readonly TensorAxis[], channels: number, height: number, width: number): number[] =>
  axes.map((axis) => ({ batch: 1, unit: 1, channel: channels, y: height, x: width })[axis]);

/** Channel, y, x in this order: the maps lie one after the other. */
export function isPlanar(axes: readonly TensorAxis[]): boolean {
  const order = axes.filter((axis) => axis !== 'batch' && axis !== 'unit').join();
  return order === 'channel,y,x' || order === 'y,x';
}

/** Where channel, row and column step to in the model's own order. */
function strides(axes: readonly TensorAxis[], channels: number, height: number, width: number) {
  const step = { batch: 0, unit: 0, channel: 0, y: 0, x: 0 };
  let next = 1;
  const extents = tensorShape(axes, channels, height, width);
  for (let i = axes.length - 1; i >= 0; i--) {
    step[axes[i]!] = next;
    next *= extents[i]!;
  }
  return step;
}

export function toModelOrder(
  planar: Float32Array,
  out: { [index: number]: number },
  axes: readonly TensorAxis[],
  channels: number,
  size: Size,
): void {
  const step = strides(axes, channels, size.height, size.width);
  let i = 0;
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < size.height; y++)
      for (let x = 0, at = c * step.channel + y * step.y; x < size.width; x++, at += step.x) out[at] = planar[i++]!;
}

/** Takes a tensor of one image apart into maps, one a channel. */
export function fromModelOrder(
  values: ArrayLike<number>,
  maps: readonly Float32Array[],
  axes: readonly TensorAxis[],
  size: Size,
): void {
  const step = strides(axes, maps.length, size.height, size.width);
  maps.forEach((map, c) => {
    let i = 0;
    for (let y = 0; y < size.height; y++)
      for (let x = 0, at = c * step.channel + y * step.y; x < size.width; x++, at += step.x) map[i++] = values[at]!;
  });
}
