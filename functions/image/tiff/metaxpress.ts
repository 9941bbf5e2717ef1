import { type Arrangement, pagesAsDepth, pixelSizeOf } from './arrangement.ts';
import { exposureIn } from './metamorph.ts';
import { checkedPixelSize } from './pixel-size.ts';
import { arrangedBy, type Coordinates, gridOf, stepOf, withTimes } from './plane-coordinates.ts';
import { converted, micrometresOf } from './units.ts';
import { parseXml, type XmlElement } from './xml.ts';

/** Properties of MetaXpress's XML by their id; undefined when the description is something else. */
export function parseMetaXpress(description: string): Map<string, string> | undefined {
  if (!/^\s*<MetaData>/.test(description)) return undefined;
  const root = parseXml(description.trim());
  if (root === undefined) return undefined;
  const properties = new Map<string, string>();
  const waiting: XmlElement[] = [root];
  for (let element = waiting.pop(); element !== undefined; element = waiting.pop()) {
    const { id, value } = element.attributes;
    if (id !== undefined && value !== undefined && !properties.has(id)) properties.set(id, value);
    waiting.push(...element.children);
  }
  return properties;
}

/**
 * Arranges pages by MetaXpress's XML: `properties` of each page. Source: tifffile, metaseries_description_metadata; Bio-Formats,
 * MetamorphTiffReader.
 */
export function arrangeMetaXpress(properties: readonly Map<string, string>[], pages: readonly number[]): Arrangement {
  const first = properties[0]!;
  const numeric = (own: Map<string, string>, id: string) => {
    const value = Number(own.get(id) || Number.NaN);
    return Number.isFinite(value) ? value : undefined;
  };
  const varied = (id: string) => new Set(properties.map((own) => own.get(id))).size > 1;
  const [byWave, byDepth, byStage] = [varied('wavelength'), varied('z-position'), varied('stage-label')];
  const byTime = varied('acquisition-time-local');
  const coordinates = properties.map(
    (own): Coordinates => ({
      ...(byWave && { C: own.get('wavelength') ?? '' }),
      ...(byDepth && { Z: numeric(own, 'z-position') ?? 0 }),
      ...(byStage && { P: own.get('stage-label') ?? '' }),
    }),
  );
  const recorded = properties.length === pages.length && (pages.length === 1 || byWave || byDepth || byStage || byTime);
  const grid = recorded ? gridOf(withTimes(coordinates), pages) : undefined;
  const nameOf = (own: Map<string, string> | undefined) =>
    own?.get('_IllumSetting_') || own?.get('image-name') || undefined;
  const on = (first.get('spatial-calibration-state') ?? 'on') === 'on';
  const unit = micrometresOf(first.get('spatial-calibration-units') ?? '');
  const length = (id: string) => converted((numeric(first, id) ?? Number.NaN) * (unit ?? Number.NaN));
  const step = byDepth && grid ? stepOf(grid.values.Z) : undefined;
  const size = pixelSizeOf(length('spatial-calibration-x'), length('spatial-calibration-y'), step);
  const exposure =
    exposureIn(first.get('Description') ?? '') ?? converted((numeric(first, 'Exposure Time') ?? Number.NaN) / 1000);
  return {
    ...(grid === undefined
      ? pagesAsDepth('MetaMorph', pages)
      : {
          by: 'MetaMorph' as const,
          ...arrangedBy(grid),
          channelNames: grid.values.C.map((wave) =>
            nameOf(properties.find((own) => !byWave || own.get('wavelength') === wave)),
          ),
        }),
    ...(on && size !== undefined
      ? checkedPixelSize(size, 'MetaXpress')
      : {
          noPixelSize: on
            ? `MetaXpress: ${first.get('spatial-calibration-x') ?? 'no length'} ${first.get('spatial-calibration-units') ?? 'without a unit'}`
            : 'MetaXpress was not calibrated (spatial-calibration-state is off)',
        }),
    ...(exposure !== undefined && { exposureTime: exposure }),
  };
}
