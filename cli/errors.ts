import type { FactsOf } from '../functions/core/errors.ts';
import { deployRows } from './deploy/error-rows.ts';
import { exitCodes, type Row } from './exit-codes.ts';
import { trainRows } from './train/error-rows.ts';

/** `3 of 8 files failed`; where it is one file or all of them, in those words. */
function outOf(failed: number, total: number, what: string): string {
  if (failed !== total) return `${failed} of ${total} files ${what}`;
  return total === 1 ? `the only file ${what}` : `all ${total} files ${what}`;
}

const rows = {
  ...deployRows,
  ...trainRows,
  usage: ({ detail, command }: { detail: string; command: string }) => ({
    exit: exitCodes.usage,
    what: detail,
    why: 'the command line was not understood',
    next: `labdeploy ${command}${command === '' ? '' : ' '}--help`,
  }),
  inputMissing: ({ path }: { path: string }) => ({
    exit: exitCodes.usage,
    what: `no such file or folder: ${path}`,
    why: 'nothing was read',
    next: 'check the path; quote a pattern with * so that labdeploy expands it',
  }),
  nothingToDo: ({ inputs }: { inputs: string }) => ({
    exit: exitCodes.failed,
    what: `no image in ${inputs}`,
    why: 'no file was found',
    next: 'name a folder with .tif files, the files themselves, or one zip',
  }),
  mixedZip: ({ zip }: { zip: string }) => ({
    exit: exitCodes.usage,
    what: `${zip} is a zip among other inputs`,
    why: 'one run takes images and folders, or one zip',
    next: 'run labdeploy once for each zip, with an output folder of its own',
  }),
  outputIsInput: ({ folder }: { folder: string }) => ({
    exit: exitCodes.usage,
    what: `${folder} is both input and output`,
    why: 'the results would be read as images by the next run',
    next: 'choose another folder with -o',
  }),
  outputTaken: ({ folder, holds }: { folder: string; holds: string }) => ({
    exit: exitCodes.failed,
    what: `${folder} holds something else`,
    why: holds,
    next: 'choose another folder with -o (of a job that has ended: with labdeploy jobs download), or add --overwrite: files of the same names are replaced, but for what a run has finished of the very same images',
  }),
  outputLocked: ({ folder }: { folder: string }) => ({
    exit: exitCodes.locked,
    what: `${folder} is in use`,
    why: 'another labdeploy command writes into it',
    next: 'wait for it to end, or choose another folder with -o',
  }),
  outputUnwritable: ({ folder, detail }: { folder: string; detail: string }) => ({
    exit: exitCodes.failed,
    what: `cannot write into ${folder}`,
    why: detail,
    next: 'choose a folder that you may write to with -o',
  }),
  filesFailed: ({ failed, total, where, again }: { failed: number; total: number; where: string; again: string }) => ({
    exit: exitCodes.failed,
    what: outOf(failed, total, 'failed'),
    why: `${failed === 1 ? 'it' : 'each'} is named above and in ${where}`,
    next: `correct or remove ${failed === 1 ? 'that file' : 'those files'}, then ${again}`,
  }),
  jobFailed: ({ name, reason }: { name: string; reason: string }) => ({
    exit: exitCodes.failed,
    what: `${name} failed as a whole`,
    why: reason,
    next: 'correct it, then run the same command again',
  }),
  filesUnreadable: ({ failed, total }: { failed: number; total: number }) => ({
    exit: exitCodes.failed,
    what: outOf(failed, total, 'cannot be read'),
    why: `${failed === 1 ? 'it' : 'each'} is named above with its reason`,
    next:
      failed === 1
        ? 'check its path, open it in Fiji and save it as plain TIFF, or leave it out'
        : 'check their paths, open them in Fiji and save them as plain TIFF, or leave them out',
  }),
  stoppedEarly: ({ path, reason }: { path: string; reason: string }) => ({
    exit: exitCodes.failed,
    what: `stopped at the first failed file: ${path}`,
    why: reason,
    next: 'correct or remove the file, or run without --fail-fast',
  }),
  serviceUnreachable: ({ url, why }: { url: string; why: string }) => ({
    exit: exitCodes.failed,
    what: `no labdeploy service answers at ${url}`,
    why,
    next: 'check the address and that the service runs, then run the same command again: it continues',
  }),
  serviceRefused: ({ title, detail }: { title: string; detail: string }) => ({
    exit: exitCodes.failed,
    what: title,
    why: detail,
    next: 'do what the reason says, then run the same command again',
  }),
  planUnknown: ({ plan, plans }: { plan: string; plans: string }) => ({
    exit: exitCodes.usage,
    what: `the service has no plan '${plan}'`,
    why: `there are ${plans}`,
    next: 'name one of them; on AWS the setting plans makes others: labdeploy up --config plans=…',
  }),
  galleryOff: ({ url }: { url: string }) => ({
    exit: exitCodes.failed,
    what: `there is no gallery at ${url}`,
    why: 'its admin has not switched it on',
    next: 'ask the admin for it: labdeploy local --gallery figures, or on AWS labdeploy up --config gallery=figures',
  }),
  peopleOff: ({ url }: { url: string }) => ({
    exit: exitCodes.failed,
    what: `there are no pictures of people at ${url}`,
    why: 'its admin has not switched them on',
    next: 'ask the admin for them: labdeploy local --gallery people; a stack on AWS does not have them',
  }),
  agreementFile: ({ file, why }: { file: string; why: string }) => ({
    exit: exitCodes.usage,
    what: `${file} is no text of an agreement`,
    why,
    next: 'name the files as photographs.en.md and photographs.de.md, or en.md with --name photographs',
  }),
  baseUnknown: ({ id, recipe }: { id: string; recipe: string }) => ({
    exit: exitCodes.failed,
    what: `${recipe} has no base picture ${id}`,
    why: 'it never was, or was removed',
    next: 'labdeploy bases list --url … lists them',
  }),
  shareUnknown: ({ job, email }: { job: string; email: string }) => ({
    exit: exitCodes.failed,
    what: `the job ${job} is not shared with ${email}`,
    why: 'it never was, or the share has ended',
    next: 'labdeploy jobs shares --url … lists what you share and with whom',
  }),
  signInFailed: ({ url, why }: { url: string; why: string }) => ({
    exit: exitCodes.failed,
    what: `not signed in at ${url}`,
    why,
    next: 'run the same command again and finish the sign-in in the browser',
  }),
  tokenNeeded: ({ url }: { url: string }) => ({
    exit: exitCodes.failed,
    what: `${url} gives no sign-in to the command line`,
    why: 'its issuer has no client for it',
    next: 'set LABDEPLOY_TOKEN to an access token',
  }),
  tokenNotTaken: ({ url }: { url: string }) => ({
    exit: exitCodes.failed,
    what: `${url} does not take the token in LABDEPLOY_TOKEN`,
    why: 'it has expired or is for another service',
    next: 'set a fresh one, or unset it to sign in',
  }),
  uploadFailed: ({ path, why }: { path: string; why: string }) => ({
    exit: exitCodes.failed,
    what: `${path} could not be sent`,
    why,
    next: 'run the same command again: it sends only what is missing',
  }),
  downloadFailed: ({ why }: { why: string }) => ({
    exit: exitCodes.failed,
    what: 'the results could not be fetched',
    why,
    next: 'run the same command again: it continues',
  }),
  usersNeeded: ({ address }: { address: string }) => ({
    exit: exitCodes.usage,
    what: `${address} is open to others, and the service has no accounts`,
    why: 'whoever reached it could see and delete everything',
    next: 'add --users, or listen on 127.0.0.1',
  }),
  dataInUse: ({ folder }: { folder: string }) => ({
    exit: exitCodes.locked,
    what: `${folder} is in use`,
    why: 'another labdeploy local works on it',
    next: 'use that one, stop it, or choose another folder with --data',
  }),
  dataUnwritable: ({ folder, detail }: { folder: string; detail: string }) => ({
    exit: exitCodes.failed,
    what: `cannot keep data in ${folder}`,
    why: detail,
    next: 'choose a folder that you may write to with --data',
  }),
  portTaken: ({ port, address, detail }: { port: number; address: string; detail: string }) => ({
    exit: exitCodes.failed,
    what: `cannot listen on port ${port} of ${address}`,
    why: detail,
    next: 'choose another port with --port',
  }),
  recipeUnusable: ({ file, detail }: { file: string; detail: string }) => ({
    exit: exitCodes.usage,
    what: `the recipe in ${file} cannot be used`,
    why: detail,
    next: 'correct that line: docs/pictures.md has what a recipe says',
  }),
  tlsUnusable: ({ cert, key, detail }: { cert: string; key: string; detail: string }) => ({
    exit: exitCodes.usage,
    what: `${cert} and ${key} cannot be used`,
    why: detail,
    next: 'give a certificate and its key in PEM',
  }),
  mailServerInvalid: () => ({
    exit: exitCodes.usage,
    what: '--smtp (or LABDEPLOY_SMTP) is no address of a mail server',
    why: 'its form is smtp://user:password@host:port, or smtps:// where TLS begins at once',
    next: 'correct it; write @ : / and % in user or password as %40 %3A %2F and %25',
  }),
  mailFromNeeded: ({ given }: { given: string }) => ({
    exit: exitCodes.usage,
    what: given === '' ? 'mails have no sender' : `'${given}' is no e-mail address`,
    why: 'mail servers take mail from an address that they know',
    next: 'add --mail-from, such as --mail-from labdeploy@your-lab.org',
  }),
  signInWithInvalid: ({ file, detail }: { file: string; detail: string }) => ({
    exit: exitCodes.usage,
    what: `${file} is no list of institutions to sign in with`,
    why: detail,
    next: 'correct it by the examples of docs/sign-in.md',
  }),
  signInSecretMissing: ({ name, variable }: { name: string; variable: string }) => ({
    exit: exitCodes.usage,
    what: `the secret of the client at ${name} is missing`,
    why: `${variable} is not set`,
    next: `set ${variable} to the secret that ${name} gave for the client id, then run the same command again`,
  }),
  webHookInvalid: () => ({
    exit: exitCodes.usage,
    what: '--webhook (or LABDEPLOY_WEBHOOK) is no address of a web hook',
    why: 'notices are posted to http:// or https://, without user or password in the address',
    next: 'correct it, such as --webhook https://chat.your-lab.org/hooks/labdeploy',
  }),
  billingSecretShort: ({ characters }: { characters: number }) => ({
    exit: exitCodes.usage,
    what: 'LABDEPLOY_BILLING_SECRET is too short',
    why: `a secret with less than ${characters} characters can be guessed`,
    next: 'make a longer one (openssl rand -base64 32), and give it to the payment service too',
  }),
  webHookSecretShort: ({ characters }: { characters: number }) => ({
    exit: exitCodes.usage,
    what: 'LABDEPLOY_WEBHOOK_SECRET is too short',
    why: `a secret with less than ${characters} characters can be guessed`,
    next: 'make a longer one (openssl rand -base64 32), or unset it to have one made',
  }),
  checkFailed: ({ model, detail }: { model: string; detail: string }) => ({
    exit: exitCodes.failed,
    what: `${model} does not give its own test output`,
    why: detail,
    next: 'download the package again; do not use it as it is',
  }),
  templateTaken: ({ folder }: { folder: string }) => ({
    exit: exitCodes.failed,
    what: `${folder} is there already`,
    why: 'nothing in it is written over',
    next: 'name a folder that is not there yet',
  }),
  templateUnwritable: ({ folder, detail }: { folder: string; detail: string }) => ({
    exit: exitCodes.failed,
    what: `cannot write ${folder}`,
    why: detail,
    next: 'name a folder that you may write to',
  }),
  nothingToBuild: ({ model }: { model: string }) => ({
    exit: exitCodes.usage,
    what: `${model} has no image to build`,
    why: 'it is no folder of a package whose config.labdeploy.container names a Dockerfile (build)',
    next: 'see docs/containers.md, or begin one: labdeploy model new FOLDER --from scikit-image',
  }),
  builderMissing: ({ model }: { model: string }) => ({
    exit: exitCodes.failed,
    what: `the image of ${model} cannot be built here`,
    why: 'neither podman, docker nor buildah answers',
    next: 'install Podman (https://podman.io/docs/installation), or start Docker; LABDEPLOY_CONTAINER_ENGINE names the one to use',
  }),
  buildFailed: ({ model, how, output }: { model: string; how: string; output: string }) => ({
    exit: exitCodes.failed,
    what: `the image of ${model} was not built`,
    why: `${how}; its last lines: ${output}`,
    next: 'correct the Dockerfile and build again',
  }),
  modelRefused: ({ id, why, next }: { id: string; why: string; next: string }) => ({
    exit: exitCodes.failed,
    what: `the service refuses the model (version ${id})`,
    why,
    next,
  }),
  versionUnknown: ({ wanted }: { wanted: string }) => ({
    exit: exitCodes.usage,
    what: `no version '${wanted}' of a model`,
    why: 'the service has no version of this id, or of this name and number',
    next: 'labdeploy model status --url …',
  }),
  nothingScored: ({ images, labels }: { images: string; labels: string }) => ({
    exit: exitCodes.failed,
    what: 'no image has labels',
    why: `no file of ${images} has a file of the same name (or NAME-labels, NAME_labels) in ${labels}`,
    next: 'name the label files after their images',
  }),
  resultsMissing: ({ folder, file, detail }: { folder: string; file: string; detail: string }) => ({
    exit: exitCodes.failed,
    what: `${folder} holds no whole results of labdeploy`,
    why: `${file}: ${detail}`,
    next: 'name the output folder of a finished labdeploy run, or an unpacked results.zip of a service; run the same labdeploy run again where files are damaged',
  }),
  nothingReported: ({ folder }: { folder: string }) => ({
    exit: exitCodes.failed,
    what: `no image of ${folder} worked`,
    why: 'errors.csv there names each with its reason',
    next: 'correct those files, run labdeploy run again, then the report',
  }),
  groupsInvalid: ({ groups, detail }: { groups: string; detail: string }) => ({
    exit: exitCodes.usage,
    what: `${groups} gives no groups`,
    why: detail,
    next: 'give a .csv with the columns image and condition, "folders", or a pattern such as "(?<condition>ctrl|treated)_(?<animal>m\\d+)"',
  }),
  groupsMatchNothing: ({ groups, example }: { groups: string; example: string }) => ({
    exit: exitCodes.failed,
    what: `${groups} fits no image`,
    why: `images are named by their paths in summary.csv, such as ${example}`,
    next: 'correct it; in a .csv the column image may hold patterns such as ctrl/*',
  }),
  reportTaken: ({ file }: { file: string }) => ({
    exit: exitCodes.failed,
    what: `${file} is there already`,
    why: 'it lies beside no report, so it may be your own',
    next: 'choose another folder with -o',
  }),
  modelOfOthers: ({ model, made }: { model: string; made: string }) => ({
    exit: exitCodes.usage,
    what: `${model} is not the model that made the results`,
    why: `they are of ${made}`,
    next: 'name its package with --model, or leave --model out',
  }),
  dockerfileMissing: ({ folder }: { folder: string }) => ({
    exit: exitCodes.usage,
    what: `${folder} has no Dockerfile`,
    why: 'an image is built of a folder with one; nothing was sent',
    next: 'name the folder that has it, see docs/containers.md',
  }),
  noImageBuilder: ({ stack }: { stack: string }) => ({
    exit: exitCodes.failed,
    what: `the stack ${stack} builds no images`,
    why: 'its setting containers is false',
    next: `labdeploy up --stack ${stack} --config containers=true`,
  }),
  imageBuildFailed: ({ build, phase, why }: { build: string; phase: string; why: string }) => ({
    exit: exitCodes.failed,
    what: `build ${build} failed in ${phase}`,
    why,
    next: 'correct the Dockerfile or the files that it names, then run the same command again',
  }),
  builtImageGone: ({ build }: { build: string }) => ({
    exit: exitCodes.failed,
    what: `build ${build} succeeded and there is no image of it`,
    why: 'it was removed from the repository meanwhile',
    next: 'run the same command again',
  }),
  inputNeeded: ({ question }: { question: string }) => ({
    exit: exitCodes.inputNeeded,
    what: question,
    why: 'there is no terminal to answer at',
    next: 'add --yes',
  }),
  systemRefused: ({ path, why }: { path: string; why: string }) => ({
    exit: exitCodes.failed,
    what: `the system does not let ${path} be used`,
    why,
    next: 'make it readable and writable for this user, or name another place, then run the same command again',
  }),
  declined: ({ command }: { command: string }) => ({
    exit: exitCodes.declined,
    what: `${command} declined`,
    why: 'the answer was no; nothing changed',
    next: 'answer yes, or add --yes',
  }),
  labelsMisfit: ({ file, why }: { file: string; why: string }) => ({
    exit: exitCodes.failed,
    what: `${file} does not fit its image`,
    why,
    next: 'save labels of the whole image, of the same size and number of planes; nothing of this file was stored',
  }),
  labelsNoImage: ({ file, why }: { file: string; why: string }) => ({
    exit: exitCodes.usage,
    what: `no image for ${file}`,
    why,
    next: 'call the file as its image, with _labels.tif, _rois.zip or _seg.npy after it; labdeploy jobs show lists files that failed',
  }),
  correctionFailed: ({ job, why }: { job: string; why: string }) => ({
    exit: exitCodes.failed,
    what: `job ${job} has no corrected results`,
    why,
    next: 'the corrections are stored; labdeploy jobs correct makes the results again',
  }),
  workerPaused: () => ({
    exit: exitCodes.failed,
    what: 'the worker has stopped before all images were done',
    why: 'machines have cost what they may cost this month',
    next: 'nothing, where the rest can wait for the next month; otherwise labdeploy up --config largeMonthlyLimit=USD',
  }),
  interrupted: ({ next }: { next: string }) => ({
    exit: exitCodes.interrupted,
    what: 'interrupted',
    why: 'Ctrl-C or a stop signal; what is finished is whole',
    next,
  }),
} satisfies Record<string, (facts: never) => Row>;

export type UserErrorCode = keyof typeof rows;
export const userErrorCodes = Object.keys(rows) as UserErrorCode[];

/** A failure its reader can act on. Anything else that is thrown, but for a Failure of the functions, is our bug. */
export class UserError<C extends UserErrorCode = UserErrorCode> extends Error {
  readonly code: C;
  readonly advice: Row;

  constructor(code: C, facts: FactsOf<(typeof rows)[C]>, options?: ErrorOptions) {
    const advice = (rows[code] as (facts: object) => Row)(facts);
    super(advice.what, options);
    this.name = 'UserError';
    this.code = code;
    this.advice = advice;
  }
}
