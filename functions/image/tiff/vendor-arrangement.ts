import { Failure } from '../../core/errors.ts';
import { arrangeAperio, parseAperio } from './aperio.ts';
import type { Arrangement } from './arrangement.ts';
import { rawBytes, text } from './field-values.ts';
import { fieldsOf } from './fields.ts';
import { arrangeFluoView, readFluoView } from './fluoview.ts';
import { arrangeImageJ, imageJLabels, parseImageJ } from './imagej.ts';
import type { Layout } from './layout.ts';
import { arrangeLsm, readLsmChannelNames } from './lsm.ts';
import { arrangeMetaMorph, readUicTags } from './metamorph.ts';
import { arrangeMetaXpress, parseMetaXpress } from './metaxpress.ts';
import { arrangeMicroManager, type PlaneMetadata, parsePlaneMetadata } from './micro-manager.ts';
import { shortInWords } from './partial-stack.ts';
import type { Resolution } from './resolution.ts';
import { arrangeScanImage, parseScanImage } from './scanimage.ts';
import { arrangeShaped, parseShaped } from './shaped.ts';
import { tag } from './tags.ts';
import type { Page, TiffFile } from './tiff-file.ts';

/**
 * Axes, names and sizes by the words of the program that wrote the file, the most specific first; undefined where none is known.
 * `planes` are the pages that are planes, `layout` is theirs.
 */
export async function arrangeByVendor(
  file: TiffFile,
  planes: readonly number[],
  layout: Layout,
  resolution: Resolution,
): Promise<Arrangement | undefined> {
  const first = file.pages[planes[0]!]!;
  const { fields } = first.directory;
  if (file.lsm !== undefined) return arrangeLsm(file.lsm, planes, await readLsmChannelNames(file.source, file.lsm));
  if (fields.has(tag.microManager)) {
    const own = await planeTexts(file, planes, tag.microManager);
    const metadata = own.map((words) => (words === undefined ? undefined : parsePlaneMetadata(words)));
    if (metadata.every((one) => one !== undefined)) return arrangeMicroManager(metadata as PlaneMetadata[], planes);
  }
  const uic2 = fields.get(tag.metaMorphUic2);
  if (uic2 !== undefined && uic2.count >= planes.length) {
    const tags = await readUicTags(file.source, fields, file.format.little, {
      count: planes.length,
      claimed: uic2.count,
    });
    const arranged = arrangeMetaMorph(tags, planes, file.descriptions[0] ?? '');
    if (uic2.count === planes.length) return arranged;
    const short = shortInWords(planes.length, uic2.count, 'its MetaMorph header');
    return { ...arranged, notes: [short, ...(arranged.notes ?? [])] };
  }
  const header = fields.get(tag.fluoViewHeader);
  if (header !== undefined)
    return arrangeFluoView(readFluoView(await rawBytes(file.window, header), file.format.little), planes);
  if (parseMetaXpress(file.descriptions[0] ?? '') !== undefined) {
    const own = (await planeTexts(file, planes, tag.imageDescription)).map((words) => parseMetaXpress(words ?? ''));
    return arrangeMetaXpress(
      own.filter((one) => one !== undefined),
      planes,
    );
  }
  const software = fields.get(tag.software);
  const scanImage = parseScanImage([
    software === undefined ? '' : await text(file.window, software),
    ...file.descriptions,
  ]);
  if (scanImage !== undefined) return arrangeScanImage(scanImage, planes, layout);
  for (const description of file.descriptions) {
    const lines = parseImageJ(description);
    if (lines !== undefined)
      return arrangeImageJ(lines, planes, layout.samples, resolution, await labelsOf(file, first));
  }
  const aperio = parseAperio(file.descriptions[0] ?? '');
  if (aperio !== undefined) return arrangeAperio(aperio, planes);
  const shaped = parseShaped(file.descriptions[0] ?? '');
  return shaped && arrangeShaped(shaped, planes, layout);
}

/** One text of each page; together they cannot be longer than the file. */
async function planeTexts(file: TiffFile, planes: readonly number[], number: number): Promise<(string | undefined)[]> {
  let budget = file.source.size;
  const texts: (string | undefined)[] = [];
  for (const plane of planes) {
    const field = file.pages[plane]!.directory.fields.get(number);
    budget -= field?.count ?? 0;
    if (budget < 0) throw new Failure('imageBroken', { detail: 'the words of its pages overlap' });
    texts.push(field && (await text(file.window, field)));
  }
  return texts;
}

async function labelsOf(file: TiffFile, page: Page): Promise<string[]> {
  const metadata = page.directory.fields.get(tag.imageJMetadata);
  const counts = await fieldsOf(file.window, file.format, page.directory).list(tag.imageJByteCounts);
  if (metadata === undefined || counts === undefined) return [];
  return imageJLabels(await rawBytes(file.window, metadata), counts, file.format.little);
}
