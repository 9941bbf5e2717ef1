import { describe, expect, it } from '@jest/globals';
import { readDescription } from '../../../functions/model/package/description.ts';
import { parseYaml } from '../../../functions/model/package/parse-yaml.ts';
import { modelInput } from '../../../functions/stages/predict/channel.ts';
import { checkThreshold } from '../../../functions/stages/predict/check-threshold.ts';
import { fixtureYaml } from '../../support/models.ts';

const sigmoid = 'postprocessing: [{id: sigmoid}]';
const described = async (output: string, own = '{tile: 64}') => {
  const yaml = (await fixtureYaml('unet')).replace(sigmoid, output).replace('{tile: 64}', own);
  return readDescription(parseYaml(yaml, 'bioimageio.yaml'));
};
const between = (threshold: number) => `{instances: {threshold: ${threshold}}}`;

describe('what a threshold of objects can be', () => {
  it.each<[string, string, string | undefined, readonly [number, number] | undefined]>([
    ['ends in a sigmoid', sigmoid, undefined, [0, 1]],
    ['says nothing', 'postprocessing: []', undefined, undefined],
    ['has a range of its values', 'data: {type: float32, range: [-1, 1]}', undefined, [-1, 1]],
    ['has a range a channel', 'data: [{range: [0, 1]}, {range: [0, 0.5]}]', undefined, [0, 1]],
    ['has a range without ends', 'data: {range: [null, .inf]}', undefined, undefined],
    ['has one channel without a range', 'data: [{range: [0, 1]}, {type: float32}]', undefined, undefined],
    ['has a range that its own threshold is not in', 'data: {range: [0, 1]}', between(40), undefined],
  ])('of a model whose output %s', async (_, output, own, range) => {
    expect((await described(output, own)).thresholds).toEqual(range);
  });

  it.each([-5, -0.01, 1.01, 5])('is not %d for a probability', async (threshold) => {
    const input = modelInput(await described(sigmoid));
    expect(() => checkThreshold(input, threshold)).toThrow(
      `no object has a threshold of ${threshold}: the map that the model makes of objects has values from 0 to 1 only`,
    );
  });

  it('is anything where the model says nothing, and nothing is needed', async () => {
    expect(() => checkThreshold({ channelCount: 1 }, -5)).not.toThrow();
    const input = modelInput(await described(sigmoid));
    for (const threshold of [undefined, 0, 0.5, 1]) expect(() => checkThreshold(input, threshold)).not.toThrow();
  });
});
