import type { ImageInfo } from '../image.ts';
import { type Tag, value } from './directory-writer.ts';
import { tag } from './tags.ts';

/**
 * The description that ImageJ writes and reads. Positions have no axis there: they run as frames, and a line of our own says how
 * many there are. Source: ImageJ's FileSaver.getDescriptionString; tifffile writes the same version.
 */
export function describeImageJ(info: ImageInfo, planes: number): string {
  const frames = info.times * info.positions;
  const axes = [info.channels, info.depths, frames].filter((size) => size > 1).length;
  const z = info.pixelSize?.z;
  return [
    'ImageJ=1.11a',
    ...(planes > 1 ? [`images=${planes}`] : []),
    ...(info.channels > 1 ? [`channels=${info.channels}`] : []),
    ...(info.depths > 1 ? [`slices=${info.depths}`] : []),
    ...(frames > 1 ? [`frames=${frames}`] : []),
    ...(info.positions > 1 ? [`positions=${info.positions}`] : []),
    ...(axes > 1 || info.channels > 1 ? ['hyperstack=true'] : []),
    ...(planes > 1 ? ['mode=grayscale'] : []),
    ...(info.pixelSize === undefined ? [] : ['unit=micron']),
    ...(z === undefined ? [] : [`spacing=${z}`]),
    ...(info.timeStep === undefined ? [] : [`finterval=${info.timeStep}`]),
    ...(planes > 1 ? ['loop=false'] : []),
    '',
  ].join('\n');
}

const labl = 0x6c61626c;
const ijij = 0x494a494a;
/** A list of labels is no place for a huge stack. */
const mostLabels = 10_000;

/** Channel names as slice labels, one a plane. Source: ImageJ's TiffEncoder.writeMetaData. */
export function imageJLabelTags({ channelNames, channels }: ImageInfo, planes: number): Tag[] {
  if (planes > mostLabels || channels < 2 || channelNames.every((name) => name === undefined)) return [];
  const labels = Array.from({ length: planes }, (_, i) => Buffer.from(channelNames[i % channels] ?? '', 'utf16le'));
  const head = Buffer.alloc(12);
  head.writeUInt32LE(ijij, 0);
  head.writeUInt32LE(labl, 4);
  head.writeUInt32LE(planes, 8);
  return [
    value.longs(tag.imageJByteCounts, [head.length, ...labels.map((label) => label.length)]),
    value.bytes(tag.imageJMetadata, Buffer.concat([head, ...labels])),
  ];
}
