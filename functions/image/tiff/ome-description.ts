import type { ImageInfo } from '../image.ts';

/** Types of OME-XML. */
const types: Partial<Record<ImageInfo['type'], string>> = {
  uint8: 'uint8',
  uint16: 'uint16',
  uint32: 'uint32',
  int32: 'int32',
  float32: 'float',
};

const namespace = 'http://www.openmicroscopy.org/Schemas/OME/2016-06';

/**
 * OME-XML for planes in our order (channel fastest, then depth, time, position), an Image a position; lengths in µm, times in s.
 * Source: OME data model 2016-06; docs.openmicroscopy.org, "OME-TIFF specification". ASCII, as TIFF asks.
 */
export function describeOme(info: ImageInfo): string {
  const { positions, times, depths, channels } = info;
  const planes = times * depths * channels;
  const images = Array.from({ length: positions }, (_, i) => {
    const data = `<TiffData IFD="${i * planes}" PlaneCount="${planes}"/>`;
    return `<Image ID="Image:${i}"><Pixels ID="Pixels:${i}" ${attributes(pixelsOf(info))}>${channelsOf(info, i)}${data}</Pixels></Image>`;
  });
  const schema = `xmlns="${namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="${namespace} ${namespace}/ome.xsd"`;
  return `<?xml version="1.0" encoding="UTF-8"?><OME ${schema} Creator="labdeploy">${images.join('')}</OME>`;
}

const attributes = (values: Record<string, string | number | undefined>): string =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}="${value}"`)
    .join(' ');

const pixelsOf = ({ height, width, type, times, depths, channels, pixelSize, timeStep }: ImageInfo) => ({
  ...{ DimensionOrder: 'XYCZT', Type: types[type], BigEndian: 'false' },
  ...{ SizeX: width, SizeY: height, SizeC: channels, SizeZ: depths, SizeT: times },
  ...lengthOf('X', pixelSize?.x),
  ...lengthOf('Y', pixelSize?.y),
  ...lengthOf('Z', pixelSize?.z),
  TimeIncrement: timeStep,
});

const lengthOf = (axis: string, micrometres: number | undefined) =>
  micrometres === undefined ? {} : { [`PhysicalSize${axis}`]: micrometres, [`PhysicalSize${axis}Unit`]: '&#181;m' };

const channelsOf = ({ channels, channelNames }: ImageInfo, image: number): string =>
  Array.from({ length: channels }, (_, i) => {
    const name = channelNames[i];
    return `<Channel ${attributes({ ID: `Channel:${image}:${i}`, SamplesPerPixel: 1, Name: name && escaped(name) })}/>`;
  }).join('');

/** XML, and what is not ASCII by its number. */
const escaped = (text: string): string => text.replace(/[^ !#-%(-;=?-~]/gu, (char) => `&#${char.codePointAt(0)};`);
