import type { Region } from '../core/pictures/picture.ts';
import type { Pixels } from '../photographs/pixels.ts';
import { type Detection, suppress } from './boxes.ts';
import { openCenterFace } from './center-face.ts';
import { viewsOf } from './views.ts';

/** Finds faces in a picture, also small ones, on their side and upside down. */
export interface FaceDetector extends AsyncDisposable {
  /** In pixels of the picture, the best score first; those of at least `threshold`, 0 to 1. */
  detect(picture: Pixels, threshold: number): Promise<Region[]>;
}

/** `weights`: CenterFace (models/faces), its ONNX file, by path. */
export async function openFaceDetector(
  weights: string,
  { threads = 1 }: { threads?: number } = {},
): Promise<FaceDetector> {
  const network = await openCenterFace(weights, threads);
  return {
    async detect(picture, threshold) {
      const found: Detection[] = [];
      for (const { pixels, inPicture } of viewsOf(picture))
        for (const box of suppress(await network.detect(pixels, threshold))) found.push(inPicture(box));
      return suppress(found).map(({ left, top, right, bottom, score }) => ({
        ...{ x: left, y: top, width: right - left, height: bottom - top, score },
      }));
    },
    [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
  };
}
