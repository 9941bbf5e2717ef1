import { Problem } from '../contract/problems.ts';
import { countedInWords } from '../core/counted-objects.ts';
import { Failure } from '../core/errors.ts';
import { type Figure, type FigurePicture, figureId } from '../core/figure.ts';
import type { Job } from '../core/job.ts';
import { figureRef, resultRef } from '../core/object-keys.ts';
import type { FileSummary } from '../core/summary.ts';
import { type CardPictures, type DrawnPicture, drawCardPictures } from '../image/card-pictures.ts';
import { previewFactor } from '../image/preview.ts';
import { forgetFigure } from '../jobs/forget-figure.ts';
import { readBytes } from '../object-streams/read-object.ts';
import { imageSummary } from './image-summary.ts';
import type { ApiServices } from './services.ts';

export interface FigureWanted extends Pick<Figure, 'caption' | 'scope'> {
  path: string;
  by: string | undefined;
  licence?: Figure['licence'] | null | undefined;
  until: number | undefined;
  scaleBar?: boolean | undefined;
}

/**
 * Makes a card of one image of a job, with pictures of its own. Here bytes of a picture cross the API: those of a preview, a
 * megabyte or two. Throws the problems of imageSummary, and `resultsMissing` where the image has no preview.
 */
export async function publishFigure(job: Job, wanted: FigureWanted, services: ApiServices): Promise<Figure> {
  const { clock, objects, figures } = services.ports;
  const { path, summary } = await imageSummary(job, wanted.path, services.ports);
  const preview = await readBytes(objects, resultRef(job, path, 'preview.png')).catch((error: unknown) => {
    if (!(error instanceof Failure && error.code === 'objectMissing')) throw error;
    throw new Problem('resultsMissing', { why: 'the image has no preview' });
  });
  const bar = wanted.scaleBar !== false;
  const drawn = await drawCardPictures(preview, bar ? micrometresOf(summary) : undefined);
  const publishedAt = clock.now();
  const id = figureId(publishedAt, services.newId());
  const figure = cardOf({ id, publishedAt, job, path }, wanted, { summary, drawn });
  await figures!.add({ ...figure, until: publishedAt }); // over, so that sweep takes it away where this is cut off
  await objects.put(figureRef(figure, 'picture.png'), drawn.picture.bytes);
  await objects.put(figureRef(figure, 'thumbnail.png'), drawn.thumbnail.bytes);
  if (!(await figures!.replace(figure))) {
    await forgetFigure(figure, { figures: figures!, objects }); // its owner was forgotten meanwhile
    throw new Problem('figureMissing', { id });
  }
  return figure;
}

/** Of one pixel of the preview. */
const micrometresOf = ({ pixelSize, ...size }: FileSummary): number | undefined =>
  pixelSize && pixelSize.x * previewFactor(size);

const sizeOf = ({ height, width, bytes }: DrawnPicture): FigurePicture => ({ height, width, bytes: bytes.length });

function cardOf(
  { id, publishedAt, job, path }: Pick<Figure, 'id' | 'publishedAt'> & { job: Job; path: string },
  { caption, scope, by, licence, until }: FigureWanted,
  { summary, drawn }: { summary: FileSummary; drawn: CardPictures },
): Figure {
  const { name, version, sha256 } = summary.model;
  return {
    ...{ id, owner: job.owner, from: { job: job.id, path }, caption, scope, publishedAt },
    ...(by !== undefined && { by }),
    ...(licence !== undefined && licence !== null && { licence }),
    ...(until !== undefined && { until }),
    model: { name, version, sha256 },
    counted: countedInWords(summary),
    ...(drawn.barMicrometres !== undefined && { barMicrometres: drawn.barMicrometres }),
    picture: sizeOf(drawn.picture),
    thumbnail: sizeOf(drawn.thumbnail),
  };
}
