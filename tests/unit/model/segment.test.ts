import { describe, expect, it } from '@jest/globals';
import { atScale } from '../../../functions/model/instances/segment.ts';
import { watershedSettings } from '../../../functions/model/package/settings.ts';

describe('settings at the scale of a plane', () => {
  const settings = watershedSettings.parse({ sigma: 1.5, minArea: 20, threshold: 0.4 });

  it.each([
    ['as it is', 1, 1.5, 20],
    ['reduced', 2.2, 3.3, 20],
    ['reduced so far that smoothing would take longer than the model', 14, 16, 20],
    ['enlarged', 1 / 2.5, 0.6, 8],
  ])('smooth by what the model got and drop what is small there: %s', (_how, factor, sigma, minArea) => {
    const { sigma: smoothed, ...rest } = atScale(settings, factor);
    expect(smoothed).toBeCloseTo(sigma, 12);
    expect(rest).toEqual({ method: 'watershed', threshold: 0.4, minArea });
  });
});
