/** What a failure says: what happened and to what, why, and what to do next. */
export interface Advice {
  what: string;
  why: string;
  next: string;
}

/** What a row of an error table is filled in with, by name; `{}` for a row that needs nothing. */
export type FactsOf<Row extends (facts: never) => unknown> = Row extends () => unknown
  ? Record<string, never>
  : Parameters<Row>[0];

const rows = {
  // images
  imageNotTiff: ({ format, found }: { format: string; found: string }) => ({
    what: `not a ${format} file`,
    why: found,
    next: 'export the image as TIFF (Fiji: File > Save As > Tiff) or leave it out',
  }),
  imageLeftOut: ({ why }: { why: string }) => ({
    what: 'left out',
    why,
    next: 'nothing, where it is no image to predict: regions and texts beside an image are read with it; otherwise export it as TIFF, under a name that is not hidden, and send that',
  }),
  imageUnreadable: ({ why }: { why: string }) => ({
    what: 'the file cannot be read',
    why,
    next: 'make it a file that this user may read, or leave it out, then run the same command again',
  }),
  imageGone: () => ({
    what: 'the file has disappeared',
    why: 'it was there when the run began',
    next: 'put it back, then run the same command again',
  }),
  imageEmpty: () => ({ what: 'the file is empty', why: 'it has 0 bytes', next: 'copy it again from the microscope' }),
  imageBroken: ({ detail }: { detail: string }) => ({
    what: 'the image file is damaged',
    why: detail,
    next: 'copy or export the file again; nothing was guessed',
  }),
  imageUnsupported: ({ feature }: { feature: string }) => ({
    what: 'this kind of image cannot be read exactly',
    why: feature,
    next: 'open it in Fiji and save it as plain TIFF (uncompressed, deflate, LZW, PackBits and zstd are read)',
  }),
  imageTooLarge: ({ detail }: { detail: string }) => ({
    what: 'the image is too large',
    why: detail,
    next: 'split or crop the image',
  }),
  imageTooCostly: ({ detail }: { detail: string }) => ({
    what: 'opening the image takes too much',
    why: detail,
    next: 'save the image again with Fiji or bfconvert, and send that',
  }),
  channelMissing: ({ wanted, present }: { wanted: string; present: string }) => ({
    what: `no channel ${wanted}`,
    why: `the image has ${present}`,
    next: 'name one of them: with --channel the one to predict, with --positive one that is measured',
  }),
  axesMisfit: ({ axes, why }: { axes: string; why: string }) => ({
    what: `axes ${axes} do not fit`,
    why,
    next: 'name axes that come to the number of planes, such as --axes T or --axes C2T3',
  }),
  thresholdOutside: ({ threshold, least, most }: { threshold: number; least: number; most: number }) => ({
    what: `no object has a threshold of ${threshold}`,
    why: `the map that the model makes of objects has values from ${least} to ${most} only`,
    next: 'give a threshold between them, or leave --threshold out',
  }),
  diameterTooLarge: ({ diameter, height, width }: { diameter: number; height: number; width: number }) => ({
    what: `no object of diameter ${diameter} px fits`,
    why: `the image has ${height} rows and ${width} columns`,
    next: 'give the median diameter of the objects in pixels of the image, or leave --diameter out',
  }),

  regionsUnreadable: ({ file, detail }: { file: string; detail: string }) => ({
    what: `the regions in ${file} cannot be read`,
    why: detail,
    next: 'save the regions again in Fiji (ROI Manager: More > Save), or take the file away, then send or run the image again',
  }),
  regionsMisfit: ({ file, why }: { file: string; why: string }) => ({
    what: `the regions in ${file} do not fit the image`,
    why,
    next: 'draw the regions on this very image, or take the file away, then send or run the image again',
  }),

  // pictures of people
  pictureNotImage: ({ found }: { found: string }) => ({
    what: 'not a picture that is read',
    why: found,
    next: 'send a JPEG, PNG or TIFF',
  }),
  pictureBroken: ({ detail }: { detail: string }) => ({
    what: 'the picture is damaged',
    why: detail,
    next: 'save or export the picture again and send that; nothing was guessed',
  }),
  pictureUnsupported: ({ feature }: { feature: string }) => ({
    what: 'this kind of picture cannot be read',
    why: feature,
    next: 'save it as an ordinary JPEG or PNG in RGB and send that',
  }),
  pictureTooLarge: ({ detail }: { detail: string }) => ({
    what: 'the picture is too large',
    why: detail,
    next: 'make it smaller, at most 20 MB and 50 megapixels, and send that',
  }),
  pictureNoFace: () => ({
    what: 'no face was found',
    why: 'the recipe works on faces, and the detector sees none in the picture',
    next: 'send a picture in which the face is larger, upright and well lit',
  }),
  pictureKeptBack: () => ({
    what: 'the picture is not shown',
    why: 'whoever looked at it first decided so',
    next: 'ask an administrator for the reason, or send another picture',
  }),
  pictureNotSent: () => ({
    what: 'the picture did not arrive',
    why: 'its upload was good for five minutes, and nothing came',
    next: 'ask for a new upload and send it',
  }),
  pictureHeldTooLong: () => ({
    what: 'the picture was deleted',
    why: 'its owner did not agree to its use within an hour',
    next: 'agree first, then send it again',
  }),
  pictureNotTransformed: ({ detail }: { detail: string }) => ({
    what: 'the picture could not be transformed',
    why: detail,
    next: 'send it again; if it fails again, ask the admin of the service',
  }),
  recipeInvalid: ({ file, line, detail }: { file: string; line: number; detail: string }) => ({
    what: `the recipe in ${file} is not valid`,
    why: `line ${line}: ${detail}`,
    next: 'correct that line (docs/pictures.md has what a recipe says)',
  }),

  // paths and archives
  pathRefused: ({ why }: { why: string }) => ({
    what: 'the file name is refused',
    why,
    next: 'rename the file and send it again',
  }),
  fileTooLarge: ({ bytes, limit }: { bytes: number; limit: number }) => ({
    what: 'the file is larger than the plan allows',
    why: `it has ${bytes} bytes, and ${limit} a file are allowed`,
    next: 'crop or split the image, or ask the admin for a larger plan, then send it in a new job',
  }),
  namedTwice: () => ({
    what: 'a second file of the same name was not sent',
    why: 'one job keeps one file of a name',
    next: 'rename it, or send it in a new job',
  }),
  overFileLimit: ({ limit }: { limit: number }) => ({
    what: 'the job is full',
    why: `the plan allows ${limit} files a job`,
    next: 'send it in another job',
  }),
  withdrawn: () => ({
    what: 'the file was taken out of the upload',
    why: 'whoever sent the folder chose so before it had arrived',
    next: 'nothing, or send it in a new job',
  }),
  archiveBroken: ({ detail }: { detail: string }) => ({
    what: 'the zip is damaged or not a zip',
    why: detail,
    next: 'make the zip again and send it again',
  }),
  archiveUnsupported: ({ feature }: { feature: string }) => ({
    what: 'this kind of zip entry cannot be unpacked',
    why: feature,
    next: 'make the zip without encryption, with stored or deflated entries',
  }),
  archiveTooLarge: ({ unpacked, left }: { unpacked: string; left: string }) => ({
    what: 'the zip unpacks to more than the service can keep',
    why: `its images take ${unpacked}, and there is room for ${left}`,
    next: 'delete jobs that are no longer needed, or send fewer images at once',
  }),
  archiveUnsafe: ({ detail }: { detail: string }) => ({
    what: 'the zip is refused',
    why: detail,
    next: 'make a plain zip of the folder and send that',
  }),

  // models
  modelMissing: ({ where }: { where: string }) => ({
    what: `no model at ${where}`,
    why: 'there is no bioimageio.yaml (or rdf.yaml) in it',
    next: 'labdeploy model list',
  }),
  modelBroken: ({ detail }: { detail: string }) => ({
    what: 'the model package is damaged or not valid',
    why: detail,
    next: 'download the package again, or run labdeploy model check',
  }),
  modelUnsupported: ({ detail }: { detail: string }) => ({
    what: 'the model needs something labdeploy does not have',
    why: detail,
    next: 'export the model with ONNX weights and supported operations (docs/models.md)',
  }),
  modelUnscaled: ({ model }: { model: string }) => ({
    what: 'the diameter cannot be used',
    why: `the model ${model} does not say which diameters it was made for`,
    next: 'leave --diameter out, or give the model config.labdeploy.scale (docs/models.md)',
  }),
  modelFailed: ({ detail }: { detail: string }) => ({
    what: 'the model failed on this image',
    why: detail,
    next: 'run labdeploy model check; if it passes, report the image',
  }),
  modelEngineMissing: ({ image }: { image: string }) => ({
    what: 'no program here runs containers',
    why: `the model runs in the image ${image}, and neither podman, docker nor buildah answers`,
    next: 'install Podman (https://podman.io/docs/installation), or start Docker; LABDEPLOY_CONTAINER_ENGINE names the one to use',
  }),
  modelNotBuilt: ({ model }: { model: string }) => ({
    what: 'the image of the model is not there',
    why: `${model} runs in an image that is built of its Dockerfile, and this machine has not built it`,
    next: 'labdeploy model build FOLDER',
  }),
  modelProgramEnded: ({ program, how, output }: { program: string; how: string; output: string }) => ({
    what: 'the program of the model ended before it was ready',
    why: `${program} ${how}; its last lines: ${output}`,
    next: 'correct what it says and try again (docs/containers.md)',
  }),
  modelDiffers: ({ output, difference, tolerance }: { output: string; difference: string; tolerance: string }) => ({
    what: 'the model does not give what its package says it gives',
    why: `the map ${output} differs by ${difference} from the test output of the package; up to ${tolerance} is allowed`,
    next: 'export the package again with the weights that made its test tensors; labdeploy model check shows each map',
  }),
  modelCheckDied: ({ attempts }: { attempts: number }) => ({
    what: 'the check of the model ended without an answer',
    why: `the process that ran it was ended${attempts === 1 ? '' : ` ${attempts} times`}, most likely because memory ran out`,
    next: 'give the service more memory (labdeploy:memory on AWS) and check it again, or use a smaller model',
  }),
  modelCheckTooLong: ({ seconds }: { seconds: number }) => ({
    what: 'the check of the model took too long',
    why: `its test input was not predicted within ${seconds} s`,
    next: 'make the package with a smaller test input, then add it again',
  }),
  modelBuildFailed: ({ phase, why }: { phase: string; why: string }) => ({
    what: 'the image of the model was not built',
    why: `${phase}: ${why}`,
    next: 'correct the Dockerfile or the files that it names, and add the package again; labdeploy model check VERSION builds the same files once more',
  }),
  modelImageGone: ({ build }: { build: string }) => ({
    what: 'the image of the model is not in its repository',
    why: `build ${build} succeeded, and the repository has no image of these files`,
    next: 'labdeploy model check VERSION --url ...: it is built again',
  }),
  modelKnown: ({ name, revision }: { name: string; revision: number }) => ({
    what: 'the service has this package already',
    why: `the same bytes are revision ${revision} of ${name}`,
    next: `offer that revision: labdeploy model status lists them`,
  }),

  // stores and stages
  objectMissing: ({ key }: { key: string }) => ({
    what: `no object ${key}`,
    why: 'it was never written or is deleted',
    next: 'send it again',
  }),
  objectCorrupt: ({ key, detail }: { key: string; detail: string }) => ({
    what: `${key} did not arrive whole`,
    why: detail,
    next: 'send it again',
  }),
  objectPresent: ({ key }: { key: string }) => ({
    what: `${key} is there already`,
    why: 'it was to be written only where there was none',
    next: 'nothing: go on with what is there',
  }),
  objectFrozen: ({ key }: { key: string }) => ({
    what: `${key} is archived`,
    why: 'it lies in cold storage, from which nothing is read directly',
    next: 'restore it first',
  }),
  archiveAway: ({ where, detail }: { where: string; detail: string }) => ({
    what: `the archive ${where} cannot be reached`,
    why: detail,
    next: 'mount its disk again; nothing is lost, and what waits for it is tried again',
  }),
  noSpace: ({ where }: { where: string }) => ({
    what: 'no space left',
    why: `${where} is full`,
    next: 'free some space, then run the same command again',
  }),
  storeUnwritable: ({ where, detail }: { where: string; detail: string }) => ({
    what: `nothing can be written to ${where}`,
    why: detail,
    next: 'make the folder and its disk writable, then run the same command again',
  }),
  secretBroken: ({ file, detail }: { file: string; detail: string }) => ({
    what: `${file} does not hold the keys that were written to it`,
    why: detail,
    next: 'put a copy of it back, or delete it: new keys are made, and all sign-ins and links made with the old ones end',
  }),
  accessRefused: ({ stage, access }: { stage: string; access: string }) => ({
    what: `stage ${stage} may not ${access}`,
    why: 'its descriptor does not declare it',
    next: 'declare the access in the stage descriptor',
  }),
  uploadMissing: () => ({
    what: 'the image is not there',
    why: 'it never arrived, or was sent so long ago that it is no longer kept',
    next: 'send it in a new job',
  }),
  inputsGone: ({ job }: { job: string }) => ({
    what: `the images of job ${job} are not there any more`,
    why: 'the job was deleted, or they were sent so long ago that they are no longer kept',
    next: 'send them in a new job',
  }),
  jobMissing: ({ job }: { job: string }) => ({
    what: `no job ${job}`,
    why: 'it was never created or is deleted',
    next: 'list the jobs',
  }),
  jobEmpty: () => ({ what: 'there is nothing to predict', why: 'no image was found', next: 'send at least one .tif' }),
  jobAllFailed: ({ count }: { count: number }) => ({
    what: 'no file could be predicted',
    why: count === 1 ? 'its only file failed' : `all ${count} files failed`,
    next: 'read the reason beside each file, then retry or send other files',
  }),
  storeTooNew: ({ file }: { file: string }) => ({
    what: `${file} was written by a newer labdeploy`,
    why: 'its format is not known to this version',
    next: 'install that version, or start with another folder',
  }),
  cursorRefused: ({ cursor }: { cursor: string }) => ({
    what: `'${cursor}' is not a page of this list`,
    why: 'a page cursor is only good for the list that gave it',
    next: 'start again without a cursor',
  }),
  variableMissing: ({ names }: { names: string }) => ({
    what: 'the function does not know its stack',
    why: `not set: ${names}`,
    next: 'labdeploy up',
  }),
  variableInvalid: ({ name, detail }: { name: string; detail: string }) => ({
    what: 'the function cannot read the settings of its stack',
    why: `${name}: ${detail}`,
    next: 'labdeploy up',
  }),
  gaveUp: ({ detail }: { detail: string }) => ({
    what: 'processing was given up',
    why: detail,
    next: 'retry the file; if it fails again, report it',
  }),
  noticeUnsent: ({ where, detail }: { where: string; detail: string }) => ({
    what: 'a notice or mail could not be sent',
    why: `${where}: ${detail}`,
    next: 'check its address and that it runs; a notice is tried again for half an hour',
  }),

  // sign-in
  tokenExpired: () => ({
    what: 'the sign-in has expired',
    why: 'its token is past its end',
    next: 'sign in again',
  }),
  tokenRefused: ({ detail }: { detail: string }) => ({
    what: 'the sign-in is refused',
    why: detail,
    next: 'sign in again on this service',
  }),
  issuerUnreachable: ({ issuer, detail }: { issuer: string; detail: string }) => ({
    what: `the keys of ${issuer} could not be read`,
    why: detail,
    next: 'try again in a minute',
  }),
  accountMissing: ({ account }: { account: string }) => ({
    what: `no account ${account}`,
    why: 'it was never made or is removed',
    next: 'labdeploy users list',
  }),
  accountExists: ({ email }: { email: string }) => ({
    what: `${email} has an account already`,
    why: 'an address has one account',
    next: 'labdeploy users list',
  }),
  accountLastAdmin: ({ email }: { email: string }) => ({
    what: `${email} stays administrator`,
    why: 'no other account could let people in',
    next: 'make another person administrator first',
  }),
  accountsMissing: ({ folder }: { folder: string }) => ({
    what: `no accounts in ${folder}`,
    why: 'it was never run with accounts, or was last run without',
    next: 'labdeploy local --users',
  }),
  signInDenied: ({ name, detail }: { name: string; detail: string }) => ({
    what: `the sign-in with ${name} was refused`,
    why: detail,
    next: 'sign in again, with the account that you have there',
  }),
  signInUpstream: ({ name, detail }: { name: string; detail: string }) => ({
    what: `the sign-in with ${name} did not work`,
    why: detail,
    next: 'compare issuer, client id and secret of its row in signInWith with what it gave you, and the redirect address that is registered there with docs/sign-in.md',
  }),
  parameterMissing: ({ parameter }: { parameter: string }) => ({
    what: `the secret ${parameter} cannot be read`,
    why: 'SSM has no such parameter in this account and region',
    next: `make it: aws ssm put-parameter --type SecureString --name ${parameter} --value SECRET`,
  }),
  federatedRefused: ({ why }: { why: string }) => ({
    what: 'you cannot sign in here with this institution',
    why,
    next: 'ask an administrator of your lab',
  }),
  signUpRefused: ({ domains }: { domains: string }) => ({
    what: 'this address cannot sign up here',
    why: `the lab takes addresses of ${domains}`,
    next: 'use such an address, or ask the lab to invite you',
  }),
  accountInvalid: ({ detail }: { detail: string }) => ({
    what: 'the account cannot be like this',
    why: detail,
    next: 'correct it and try again',
  }),
} satisfies Record<string, (facts: never) => Advice>;

export type FailureCode = keyof typeof rows;

/**
 * Codes that end one file with a recorded reason: repeating would give the same. The others (a full disk, a refused
 * access) are trouble of the service: the stage throws them and the queue repeats.
 */
const outcomes = /^(image|picture|axes|channel|diameter|threshold|path|archive|model|regions)|^objectMissing$/;
export const isOutcome = (failure: Failure): boolean => outcomes.test(failure.code);

/** A disk that is full or read-only: a service goes on when it is writable again. */
export const isDiskTrouble = (error: unknown): error is Failure =>
  error instanceof Failure && (error.code === 'noSpace' || error.code === 'storeUnwritable');

/** What to do about a stored failure; undefined for a code of another version. No row's `next` depends on its facts. */
export const nextStep = (code: string): string | undefined =>
  Object.hasOwn(rows, code) ? (rows[code as FailureCode] as (facts: object) => Advice)({}).next : undefined;

/** Every code, for docs and tests. */
export const failureCodes = Object.keys(rows) as FailureCode[];

/**
 * A failure that is an answer, not a bug: a bad image, a broken zip, a missing object. Its code is stored with the file
 * or job and shown to the user. Anything else that is thrown is our bug or the machine's trouble, and is retried.
 */
export class Failure<C extends FailureCode = FailureCode> extends Error {
  readonly code: C;
  readonly advice: Advice;
  /** What it was made of: code and facts make the same failure on another thread. */
  readonly facts: object;

  constructor(code: C, facts: FactsOf<(typeof rows)[C]>, options?: ErrorOptions) {
    const advice = (rows[code] as (facts: object) => Advice)(facts);
    super(`${advice.what}: ${advice.why}`, options);
    this.name = 'Failure';
    this.code = code;
    this.advice = advice;
    this.facts = facts as object;
  }
}
