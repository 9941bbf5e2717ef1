import { type PickedFile, pickedFile } from '../upload/picked-file.ts';

/** Files of the page itself, so that they are there without a network beyond the service. */
const images = {
  'dense.tif': new URL('../../samples/images/dense.tif', import.meta.url).href,
  'sparse.tif': new URL('../../samples/images/sparse.tif', import.meta.url).href,
};

/** Two made images of nuclei, for a first look at what a job is. Throws where the page's files cannot be fetched. */
export const exampleImages = (): Promise<PickedFile[]> =>
  Promise.all(
    Object.entries(images).map(async ([name, url]) => {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(`${name} could not be fetched: the page's own files answer ${answer.status}`);
      return pickedFile(name, new File([await answer.blob()], name, { type: 'image/tiff', lastModified: 0 }));
    }),
  );
