import { type Meaning, meaningOf } from './display.ts';
import { fieldsOf } from './fields.ts';
import { parseImageJ } from './imagej.ts';
import { tag } from './tags.ts';
import { layoutOf, type Page, type TiffFile } from './tiff-file.ts';

/** Values of a ColorMap of 16 bits, and one more: what is longer is refused for its length. */
const mostColours = 3 * 2 ** 16 + 1;

/** What pages of a file mean; pages that share a ColorMap share the answer. */
export function meaningsOf(file: TiffFile): (page: Page) => Promise<Meaning> {
  const imageJ = file.descriptions.some((description) => parseImageJ(description) !== undefined);
  const known = new Map<string, Promise<Meaning>>();
  const read = async (page: Page): Promise<Meaning> => {
    const fields = fieldsOf(file.window, file.format, page.directory);
    const layout = layoutOf(page);
    const extra = [...((await fields.list(tag.extraSamples, layout.samples)) ?? [])];
    return meaningOf(layout, await fields.list(tag.colorMap, mostColours), extra, imageJ);
  };
  return (page) => {
    const map = page.directory.fields.get(tag.colorMap);
    const key = map === undefined ? `page ${page.directory.offset}` : `map ${map.at} ${map.count} ${map.type}`;
    let found = known.get(key);
    if (found === undefined) {
      found = read(page);
      found.catch(() => {}); // whoever waits for it has the failure
      known.set(key, found);
    }
    return found;
  };
}
