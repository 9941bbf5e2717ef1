export const apiLimits = {
  /** Files one call of uploads may name, and parts one call of uploads/parts. */
  filesPerCall: 500,
  partsPerCall: 500,
  /** S3's most. */
  partsPerFile: 10_000,
  /** S3's largest object. */
  objectBytes: 5 * 2 ** 40,
  filesPage: 1000,
  jobsPage: 100,
  archivePage: 500,
  /** Files of one job that are named and not sent, beyond those that the plan allows. */
  notSentPerJob: 10_000,
  missingShown: 100,
  sharesPerJob: 100,
  /** Corrections of one image one call may store. */
  editsPerCall: 200,
  figuresPage: 100,
  /** A public link is good for so long at most. */
  linkDays: 30,
  /** A model's package; it must fit on the disk of a function beside another (runtime/lambda/predict-limits). */
  packageBytes: 200_000_000,
  /** Of one picture of people. */
  pictureBytes: 20_000_000,
  picturesPage: 100,
  /** Markdown of all languages of one version of an agreement, in bytes: an item of the table has 400 KB. */
  agreementBytes: 200_000,
  bodyBytes: 1_000_000,
} as const;

/** How files are sent where the service does not say otherwise. */
export const usualTransfer = {
  /** Up to here a file is one PUT; larger ones go in parts, so that an interruption costs one part. */
  singlePutBytes: 100_000_000,
  /** Of every part but the last, while they are few enough; S3 takes none under 5 MiB. */
  partBytes: 16 * 2 ** 20,
} as const;
