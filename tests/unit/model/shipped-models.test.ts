import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { shippedModels } from '../../../cli/run/find-model.ts';

interface Axis {
  id?: string;
  halo?: number;
  size?: { min: number };
}

it('the nuclei package declares a halo that leaves something of its smallest plane, as format 0.5 wants', async () => {
  const text = await readFile(join(shippedModels, 'nuclei/bioimageio.yaml'), 'utf8');
  const { inputs, outputs } = parse(text) as { inputs: [{ axes: Axis[] }]; outputs: [{ axes: Axis[] }] };
  for (const id of ['y', 'x']) {
    const { size } = inputs[0].axes.find((axis) => axis.id === id)!;
    const { halo } = outputs[0].axes.find((axis) => axis.id === id)!;
    expect(size!.min - 2 * halo!).toBe(16);
  }
});
