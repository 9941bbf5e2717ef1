import type { Feature } from './features.ts';

/** The four buckets of a job's bytes. `uploads`: zips as sent; `inputs`: one object an image; `results`: outputs; `downloads`: one zip a job. */
export const jobBuckets = ['uploads', 'inputs', 'results', 'downloads'] as const;
export type JobBucket = (typeof jobBuckets)[number];
/**
 * `models`: packages that passed their check, by their sha256; nothing in it belongs to a job, and none of it changes.
 * `figures`: pictures of the cards of the gallery, which stay when their job goes. `pictures`: photographs of people.
 * `datasets`: images to train with, and their labels, which stay too.
 */
export const buckets = [...jobBuckets, 'models', 'figures', 'pictures', 'datasets'] as const;
export type Bucket = (typeof buckets)[number];

/** Buckets that are there only where a feature is on. Whoever declares to use one uses nothing where it is off. */
export const featureOfBucket: Partial<Record<Bucket, Feature>> = {
  figures: 'gallery',
  pictures: 'people',
  datasets: 'teaching',
};

/**
 * One object. In the buckets of jobs `key` is `{owner}/{jobId}/{path}`; the path keeps the user's folders and names,
 * NFC-normalised.
 */
export interface ObjectRef {
  bucket: Bucket;
  key: string;
}

export interface JobRef {
  owner: string;
  id: string;
}

/** A job in one of its rounds: retries count the generation up, and each round's tables and zip are objects of their own. */
export interface RoundRef extends JobRef {
  generation: number;
}

/** Everything of one job in one bucket lies below this prefix; it ends in `/`, so that job `a` does not own job `ab`. */
export const jobPrefix = ({ owner, id }: JobRef): string => `${owner}/${id}/`;

/** The job of a key, and the path below its prefix. */
export function splitKey(key: string): JobRef & { path: string } {
  const [owner, id, ...rest] = key.split('/');
  if (rest.length === 0) throw new RangeError(`not a key of a job: ${key}`);
  return { owner: owner!, id: id!, path: rest.join('/') };
}

export const uploadRef = (job: JobRef, path: string): ObjectRef => ({ bucket: 'uploads', key: jobPrefix(job) + path });
/** A job has one zip; whatever its name was, it is stored under this one, so that no second can come beside it. */
export const archivePath = 'archive.zip';
export const inputRef = (job: JobRef, path: string): ObjectRef => ({ bucket: 'inputs', key: jobPrefix(job) + path });

/** What predict writes for one image; each is in a folder of its own, `{path}/labels.tif`, so no two images collide. */
export const resultKinds = [
  ...(['labels.tif', 'preview.png', 'measurements.csv', 'prob.tif'] as const),
  ...(['labels.ome.tif', 'labels.ozx', 'rois.zip', 'summary.json'] as const),
] as const;
export type ResultKind = (typeof resultKinds)[number];

export const resultRef = (job: JobRef, path: string, kind: ResultKind): ObjectRef => ({
  bucket: 'results',
  key: `${jobPrefix(job)}${path}/${kind}`,
});

/**
 * The model's map of objects of one image, kept for its corrections and given to nobody as a result; `file` names the image,
 * as below. Apart from images and tables like what predict keeps.
 */
export const foregroundPrefix = (job: JobRef): string => `${jobPrefix(job)}.tables.foreground/`;
export const foregroundRef = (job: JobRef, file: string): ObjectRef => ({
  bucket: 'results',
  key: `${foregroundPrefix(job)}${file}.tif`,
});

/** Tables of the whole job, written by zip; regions.csv only where images have regions of interest, and the
 * last two where they lie in folders that are compared. The leading `.` keeps them apart from images: the path rule refuses such names. */
export const tableNames = [
  ...(['summary.csv', 'errors.csv', 'manifest.json', 'regions.csv'] as const),
  ...(['group-summary.csv', 'objects.csv'] as const),
] as const;
export type TableName = (typeof tableNames)[number];
export const tableRef = (round: RoundRef, name: TableName): ObjectRef => ({
  bucket: 'results',
  key: `${jobPrefix(round)}.tables/${round.generation}/${name}`,
});

/**
 * What predict keeps of one image that takes it several rounds; `file` names the image. Of a fixed length, as paths may be as
 * long as keys can be; apart from images and tables, as the path rule refuses names that start with `.tables`.
 */
export const checkpointPrefix = (job: JobRef, file: string): string => `${jobPrefix(job)}.tables.unfinished/${file}/`;

/** Which answer an image waits for; `file` names the image, as above. */
export const awaitedRef = (job: JobRef, file: string): ObjectRef => ({
  bucket: 'results',
  key: `${checkpointPrefix(job, file)}awaited.json`,
});

/** Whether a key of `results` says that an image waits for an answer. */
export const isAwaitedKey = (key: string): boolean =>
  /^[^/]+\/[^/]+\/\.tables\.unfinished\/[^/]+\/awaited\.json$/.test(key);

/**
 * What predict keeps of one request of an image to a model that answers in its own time; `file` names the image, as above.
 * `NAME.npy` is what is sent, `NAME.json` what is known of it, `NAME.out` the answer.
 */
export const requestRef = (job: JobRef, file: string, name: string): ObjectRef => ({
  bucket: 'results',
  key: `${checkpointPrefix(job, file)}${requestFolder}${name}`,
});
const requestFolder = 'requests/';

/** The same of its key: of which image, and the name of the request without its ending. Undefined for any other key. */
export function splitRequestKey(key: string): (JobRef & { image: string; request: string }) | undefined {
  const { path, ...job } = splitKey(key);
  const [, image, request] = /^\.tables\.unfinished\/([0-9a-f]{64})\/requests\/([0-9a-f]+)\.npy$/.exec(path) ?? [];
  return image === undefined || request === undefined ? undefined : { ...job, image, request };
}

/** Where an endpoint puts its answers, in `results`, until they are taken to their image. No owner's name starts with `~`. */
export const answersPrefix = '~answers/';

/**
 * The log of corrections of one image, an object a revision; `file` names the image, absent: those of all. Apart from images
 * and tables like what predict keeps. Eight digits order as text.
 */
export const editsPrefix = (job: JobRef, file?: string): string =>
  `${jobPrefix(job)}.tables.edits/${file === undefined ? '' : `${file}/`}`;
export const editRef = (job: JobRef, file: string, revision: number): ObjectRef => ({
  bucket: 'results',
  key: `${editsPrefix(job, file)}${String(revision).padStart(8, '0')}.json`,
});

/** Everything of the rounds with corrected labels in `results`, which stay beside those of the model. */
const correctedPrefix = (job: JobRef): string => `${jobPrefix(job)}.tables.corrected/`;
/** `round`: the newest one, `end`: how the last one ended that did. */
export const correctedStateRef = (job: JobRef, name: 'round' | 'end'): ObjectRef => ({
  bucket: 'results',
  key: `${correctedPrefix(job)}${name}.json`,
});
/** Results of one image at a revision of its corrections: they never change, and several rounds may have them. */
export const correctedResultRef = (job: JobRef, file: string, revision: number, kind: ResultKind): ObjectRef => ({
  bucket: 'results',
  key: `${correctedPrefix(job)}images/${file}/${revision}/${kind}`,
});
export const correctedTableRef = (job: JobRef, round: number, name: string): ObjectRef => ({
  bucket: 'results',
  key: `${correctedPrefix(job)}${round}/${name}`,
});
export const correctedDownloadRef = (job: JobRef, round: number): ObjectRef => ({
  bucket: 'downloads',
  key: `${jobPrefix(job)}corrected/${round}/${downloadName}`,
});

/** The table that lies at a path below the job's prefix in `results`, if one does. */
export const tableAt = (path: string): TableName | undefined =>
  tableNames.find((name) => /^\.tables\/\d+\/(.*)$/.exec(path)?.[1] === name);

export const downloadName = 'results.zip';
export const downloadRef = (round: RoundRef): ObjectRef => ({
  bucket: 'downloads',
  key: `${jobPrefix(round)}${round.generation}/${downloadName}`,
});

/**
 * Objects that a store makes on the way to a composed one, in that one's bucket, and removes when it is there; the
 * bucket's lifecycle removes those of a killed process after a day. No owner's name starts with `~`.
 */
export const composingPrefix = '~compose/';

/** Owner of packages on their way into the registry: no person's `sub` starts with `~`. */
export const registryOwner = '~models';
/** A package as it was sent, until it is checked; it goes with the images of that age. */
export const sentPackageRef = (id: string): ObjectRef => ({
  bucket: 'inputs',
  key: `${registryOwner}/${id}/package.zip`,
});
/** Sources of images; no sha256 begins with it. */
export const sourcesPrefix = 'sources/';
/** A package that passed its check. `sha256`: of its bytes. */
export const packageRef = (sha256: string): ObjectRef => ({ bucket: 'models', key: `${sha256}/package.zip` });
/** A zip with a Dockerfile of which an image is built. `sha256`: of its bytes. */
export const sourceRef = (sha256: string): ObjectRef => ({ bucket: 'models', key: `${sourcesPrefix}${sha256}.zip` });
/** The image that was built of a package, by its digest: text. */
export const builtImageRef = (sha256: string): ObjectRef => ({ bucket: 'models', key: `${sha256}/image` });
/** The picture that a package has of itself; its type is in the registry. */
export const coverRef = (sha256: string): ObjectRef => ({ bucket: 'models', key: `${sha256}/cover` });
/** What it says of itself, Markdown. */
export const cardRef = (sha256: string): ObjectRef => ({ bucket: 'models', key: `${sha256}/card.md` });

export const figureParts = ['picture.png', 'thumbnail.png'] as const;
/** Without its owner: strangers read keys in the addresses of public cards, and two unnamed ones are not of the same person to them. */
export const figureRef = ({ id }: { id: string }, part: (typeof figureParts)[number]): ObjectRef => ({
  bucket: 'figures',
  key: `${id}/${part}`,
});

/** All data sets of one person lie below this prefix, and all of one below its own. */
export const dataSetsPrefix = (owner: string): string => `${owner}/`;
export const dataSetPrefix = ({ owner, id }: JobRef): string => `${dataSetsPrefix(owner)}${id}/`;
/** One plane of a data set: the image, or its labels. */
export const dataSetRef = (dataSet: JobRef, part: 'images' | 'labels', plane: string): ObjectRef => ({
  bucket: 'datasets',
  key: `${dataSetPrefix(dataSet)}${part}/${plane}.tif`,
});
export const dataSetZipsPrefix = (dataSet: JobRef): string => `${dataSetPrefix(dataSet)}zips/`;
/** All of it as a zip, as it was asked for last; `digest`: of what is in it. */
export const dataSetZipRef = (dataSet: JobRef, digest: string): ObjectRef => ({
  bucket: 'datasets',
  key: `${dataSetZipsPrefix(dataSet)}${digest}.zip`,
});
/** Files of the model of the data set that was better last, which the next one is compared with. */
export const dataSetModelPrefix = (dataSet: JobRef): string => `${dataSetPrefix(dataSet)}model/`;
/** The page on the last training that ended. */
export const trainingReportRef = (dataSet: JobRef): ObjectRef => ({
  bucket: 'datasets',
  key: `${dataSetPrefix(dataSet)}report.html`,
});
