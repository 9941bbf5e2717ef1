import { describe, expect, it } from '@jest/globals';
import { noMoreResults } from '../../../web/jobs/more-results.ts';
import { isUnusual, rememberedSettings } from '../../../web/jobs/remembered-settings.ts';
import { usualSettings } from '../../../web/jobs/settings-chosen.ts';

const objects = { threshold: '0.4', minSize: '30', invert: true, scale: '' };
const more = { ...noMoreResults, probabilities: true };
const kept = { model: 'cells', planes: 'max', objects, more, ring: '5' };

describe('settings of the last job', () => {
  it('come back, but for what is of the images', () => {
    const choice = rememberedSettings(JSON.stringify(kept));
    expect(choice).toEqual({
      ...usualSettings,
      ...{ model: 'cells', planes: 'max', objects, more },
      measures: { ...usualSettings.measures, ring: '5' },
    });
    expect([isUnusual(choice), isUnusual(usualSettings)]).toEqual([true, false]);
  });

  it.each([
    ['nothing', null],
    ['no JSON', '{"planes":'],
    ['null', 'null'],
    ['a word', '"max"'],
    ['planes that there are not', JSON.stringify({ ...kept, planes: 'all' })],
    ['a ring that is no number', JSON.stringify({ ...kept, ring: 'wide' })],
    ['a field that is missing', JSON.stringify({ ...kept, objects: undefined })],
    ['a field of another version', JSON.stringify({ ...kept, objects: { ...objects, shape: 'round' } })],
    ['a result that there is not', JSON.stringify({ ...kept, more: { ...more, poem: true } })],
    ['a threshold that is no text', JSON.stringify({ ...kept, objects: { ...objects, threshold: 0.4 } })],
  ])('are the usual ones where the browser has kept %s', (_, stored) => {
    expect(rememberedSettings(stored)).toEqual(usualSettings);
  });
});
