import { axesPattern } from '../../core/axes.ts';
import { Failure } from '../../core/errors.ts';
import { type Arrangement, type Axis, type AxisName, orderPages, planesOfAxes } from './arrangement.ts';

/** Axes as a user writes them, in either case. Undefined where they are none. */
export function parseAxes(text: string): { name: AxisName; size?: number }[] | undefined {
  const written = text.trim().toUpperCase();
  if (!axesPattern.test(written)) return undefined;
  return [...written.matchAll(/([PTZC])(\d*)/g)].map(([, name, size]) => ({
    name: name as AxisName,
    ...(size !== '' && { size: Number(size) }),
  }));
}

/**
 * Pages along the axes that the user names. An axis without a size has the one that the file says; at most one other gets
 * what is left. Throws axesMisfit where that does not come to the number of pages.
 */
export function arrangeAsRecorded(text: string, found: Arrangement, pages: readonly number[]): Arrangement {
  const refuse = (why: string) => new Failure('axesMisfit', { axes: text, why });
  const wanted = parseAxes(text);
  if (wanted === undefined)
    throw refuse('axes are letters of P, T, Z and C, each once, slowest first, with or without a size');
  const stated: Record<AxisName, number> = { P: found.positions, T: found.times, Z: found.depths, C: found.channels };
  const count = `the file has ${pages.length} ${pages.length === 1 ? 'plane' : 'planes'}`;
  const fits = (axes: readonly { name: AxisName; size?: number }[]): Axis[] | undefined => {
    const open = axes.filter(({ size }) => size === undefined);
    const rest = pages.length / planesOfAxes(axes.map(({ name, size = 1 }) => ({ name, size })));
    if (open.length > 1 || !Number.isInteger(rest) || (open.length === 0 && rest !== 1)) return undefined;
    return axes.map(({ name, size = rest }) => ({ name, size }));
  };
  // what the file says of an axis counts only where all of it fits
  const filled = wanted.map(({ name, size = stated[name] > 1 ? stated[name] : undefined }) => ({
    name,
    ...(size !== undefined && { size }),
  }));
  const axes = fits(filled) ?? fits(wanted);
  if (axes === undefined) {
    const open = wanted.filter(({ size }) => size === undefined);
    if (open.length > 1)
      throw refuse(
        `${count}: say how many of each, such as ${wanted.map(({ name }, i) => `${name}${i + 2}`).join('')}`,
      );
    throw refuse(`${count}, which is not ${wanted.map(({ name, size = '?' }) => `${name} ${size}`).join(' x ')}`);
  }
  const arranged = orderPages(axes, pages);
  const { channelNames, notes, ...own } = found;
  return {
    ...own,
    by: 'axes',
    ...arranged,
    channelNames: arranged.channels === found.channels ? channelNames : [],
    ...(notes && { notes: notes.filter((note) => !note.includes('--axes')) }),
  };
}
