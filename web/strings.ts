import { inBytes, inNumbers } from './format.ts';

const files = (count: number): string => (count === 1 ? '1 file' : `${inNumbers(count)} files`);
const images = (count: number): string => (count === 1 ? '1 image' : `${inNumbers(count)} images`);
const inDays = (count: number): string => (count === 1 ? '1 day' : `${inNumbers(count)} days`);

/** Every word that the page says, but those that the service answers. */
export const strings = {
  product: 'labdeploy',
  skip: 'Skip to content',
  loading: 'Loading…',
  job: 'Job',
  jobs: 'Jobs',
  usage: 'Usage',
  retry: 'Try again',
  unreachable: 'The service does not answer. This page asks again until it does.',
  loadFailed: 'This could not be loaded',
  partMissing: 'This part of the page could not be fetched',
  partMissingText:
    'Either the connection is down, or a new version has taken the place of this page. Try again; if that does not help, reload: uploads continue when you drop the same folder again.',
  sessionFailed: 'The service did not say who you are',
  notFound: 'Not found',
  notFoundText: 'It was deleted, or it is not yours.',
  requestId: (id: string): string => `Request ${id}`,
  crashed: 'The page ran into a bug of ours',
  crashedText: 'Reload the page. Uploads continue where they stopped when you drop the same folder again.',
  reload: 'Reload',

  // sign-in
  signIn: 'Sign in',
  signOut: 'Sign out',
  welcome: 'Segment your microscope images',
  welcomeText: 'Drop a folder of images, watch them being processed, and download labels, previews and measurements.',
  welcomeLink: 'Open the link that labdeploy printed when it was started. It signs this browser in.',
  haveLink: 'I have the link',
  createAccount: 'Create an account',
  signUpInvite: 'New here? An administrator of your lab can invite you.',
  signUpClosed: 'New accounts are closed.',
  signInFailed: 'The sign-in did not work',
  sessionEnded: 'Your session has ended',
  sessionEndedText: 'Sign in again to go on where you are. Nothing is lost; uploads wait.',
  signInAgain: 'Sign in again',
  signedInBeside: 'You are signed in. Close this window to go on in the other one.',
  account: 'Account and password',
  people: 'People',
  signedInAs: (name: string): string => `Signed in as ${name}`,
  onePerson: 'this machine',

  // a new job
  newJob: 'New job',
  dropTitle: 'Drop a folder of images here',
  dropText: 'TIFF, PNG or JPEG files, a folder of them, or one zip. Nothing is sent before you press Start.',
  dropActive: 'Let go to choose this folder',
  pickFolder: 'Choose a folder',
  pickFiles: 'Choose files or a zip',
  reading: 'Reading the folder…',
  nothingFound: 'There is no file in it. Drop a folder of TIFF, PNG or JPEG images, such files, or a zip.',
  unreadable: (why: string): string => `The folder cannot be read: ${why}. Choose it again.`,
  chosen: (count: number, bytes: number): string => `${images(count)}, ${inBytes(bytes)}`,
  chosenZip: (bytes: number): string => `A zip of ${inBytes(bytes)}`,
  notSent: {
    hidden: (count: number): string =>
      `${files(count)} ${count === 1 ? 'is' : 'are'} hidden or of the system (.DS_Store and the like): listed in the job as left out, not sent.`,
    notImage: (count: number): string =>
      `${files(count)} ${count === 1 ? 'is' : 'are'} no image by name: listed in the job as left out, not sent.`,
    zip: (count: number): string =>
      `${count === 1 ? '1 zip is' : `${inNumbers(count)} zips are`} not unpacked inside a folder: listed in the job as left out, not sent. Send each zip as a job of its own.`,
    pathRefused: (count: number): string =>
      `${files(count)} ${count === 1 ? 'has a name that is' : 'have names that are'} refused: listed in the job as failed, not sent.`,
    fileTooLarge: (count: number): string =>
      `${files(count)} ${count === 1 ? 'is' : 'are'} larger than your plan allows: listed in the job as failed, not sent.`,
    namedTwice: (count: number): string =>
      `${files(count)} ${count === 1 ? 'has' : 'have'} the name of another: listed in the job as failed under a number, not sent.`,
    overFileLimit: (count: number): string =>
      `${files(count)} more than your plan allows in one job: listed in the job as failed, not sent.`,
  },
  tooMany: (count: number): string =>
    `${files(count)} are too many for one job, even to list those that are not sent. Choose a part of them.`,
  looking: 'Looking into the first image…',
  looks: 'The first image',
  lookRefused: (path: string, why: string): string => `${path} cannot be used: ${why}`,
  lookPixels: (height: number, width: number, type: string): string => `${width} × ${height} pixels, ${type}`,
  lookAxes: { positions: 'positions', times: 'times', depths: 'depths', channels: 'channels' },
  lookColour: 'colour',
  lookPixelSize: (x: string, y: string): string => `pixel ${x} × ${y} µm`,
  lookNoPixelSize: 'no pixel size in the file: sizes come in pixels',
  notes: 'Notes on the file',
  pixelSizeReason: (why: string): string => `No pixel size: ${why}`,
  jobName: 'Name',
  model: 'Model',
  channel: 'Channel',
  channelHint: 'Which channel shows what the model looks for',
  channelDefault: (name: string | number | undefined): string =>
    name === undefined
      ? 'The model’s choice'
      : `The model’s choice: ${typeof name === 'number' ? strings.channelNumber(name) : name}`,
  channelNumber: (index: number): string => `channel ${index}`,
  channelNamed: (index: number, name: string | undefined): string =>
    name === undefined ? `Channel ${index}` : `Channel ${index}: ${name}`,
  predictedChannel: ({ index, name }: { index: number; name?: string | undefined }): string =>
    `${name === undefined ? strings.channelNumber(index) : `channel ${name}`} predicted`,
  channelFree: 'Channel (number from 0, or name; empty: the model’s choice)',
  axes: 'Axes',
  axesSetting: 'the setting Axes',
  axesHint:
    'What the pages of each image are, slowest first: P positions, T times, Z depths, C channels, such as T or C2T3. Empty: as the file says.',
  axesInvalid: 'Letters of P, T, Z and C, each once, slowest first, such as T or C2T3',
  probabilities: 'Also keep probability maps',
  probabilitiesHint: 'One more file an image, about as large as the image',
  createFailed: 'The job was not made',
  start: (count: number): string => `Start with ${images(count)}`,
  startZip: 'Start with this zip',
  forget: 'Choose something else',
  unfinished: (name: string): string => `An upload of ‘${name}’ is not finished`,
  unfinishedText: (when: string, count: number): string =>
    `It was begun ${when}; ${files(count)} named so far. Continuing sends only what is missing, with its model and channel.`,
  continueIt: 'Continue it',
  comparing: 'Comparing the files with those of the upload that was begun…',
  notContinued: 'These files are not those that it was begun with, so they make a job of their own:',
  changes: {
    size: 'another size',
    date: 'another date of its last change',
    bytes: 'other bytes',
    unreadable: 'it cannot be read',
    missing: 'it is not in this folder',
    added: 'it was not in the folder before',
  },
  firstOf: (shown: number, count: number): string => `The first ${shown} of ${inNumbers(count)}:`,
  startNew: 'Start a new job',
  looseName: (count: number): string => images(count),

  // jobs
  yourJobs: 'Your jobs',
  noJobs: 'No jobs yet. Drop a folder above to make the first.',
  olderJobs: 'Show older jobs',
  states: {
    uploading: 'uploading',
    processing: 'processing',
    packaging: 'packaging',
    completed: 'completed',
    failed: 'failed',
    cancelled: 'cancelled',
    expired: 'expired',
  },
  someFailed: (failed: number, total: number): string => `${inNumbers(failed)} of ${inNumbers(total)} failed`,
  someLeftOut: (count: number): string => `${inNumbers(count)} left out`,
  doneOf: (done: number, total: number): string => `${inNumbers(done)} of ${inNumbers(total)} done`,
  unpacking: 'unpacking the zip',
  backToJobs: 'All jobs',
  jobFacts: { model: 'Model', channel: 'Channel', axes: 'Axes', size: 'Size', begun: 'Begun', changed: 'Last change' },
  modelChoice: 'the model’s choice',
  uploadProgress: 'Upload',
  processProgress: 'Processing',
  sentOf: (sent: number, total: number): string => `${inBytes(sent)} of ${inBytes(total)}`,
  timeLeft: (duration: string): string => `about ${duration} left`,
  timeUnknown: 'time left not known yet',
  presentBefore: (count: number): string =>
    `${files(count)} had arrived before and ${count === 1 ? 'is' : 'are'} not sent again.`,
  closing: 'Everything is sent. Closing the list of files…',
  uploadDone: 'Upload complete. You can close this page; processing goes on.',
  uploadStopped: 'The upload is stopped. What has arrived stays.',
  uploadKeepOpen: 'Keep this page open until the upload is complete.',
  stopUpload: 'Stop the upload',
  goOnUpload: 'Continue the upload',
  uploadFailed: 'The upload stopped',
  uploadIncomplete: (count: number): string => `${files(count)} did not arrive`,
  uploadIncompleteText: 'Try again, or go on without them: they are then listed as failed.',
  retryFile: (path: string): string => `Try ${path} again`,
  leaveOut: 'Leave out',
  leaveOutFile: (path: string): string => `Leave ${path} out`,
  chooseAgain: 'Files were moved or changed? Drop the folder again',
  chooseAgainText: 'Those that did not arrive are then taken from it.',
  uploadWaits: 'The service does not answer. The upload goes on by itself as soon as it does; keep this page open.',
  goOnWithout: 'Go on without them',
  uploadElsewhere: 'This upload is not running in this page',
  uploadElsewhereText:
    'Drop the same folder here to continue: only what is missing is sent. If it runs in another window, leave that open.',
  reopenText: 'This browser knows the folder: allow it to read it again, and only what is missing is sent.',
  notAllowed: 'The browser was not allowed to read the folder. Drop it here instead.',
  otherKind: 'One of them is a zip, the other is not.',
  otherFolder: (name: string): string => `This is not the folder that ‘${name}’ was begun with`,
  otherFolderText: 'Nothing of it was added. Drop the folder of this job here, or make a new job with this one.',

  // what can be done with a job
  download: 'Download results',
  copyLink: 'Copy link for others',
  linkCopied: 'The link is copied.',
  linkMade: 'Copy the link from here.',
  linkUntil: (end: string): string => `Whoever has it can download the results until ${end}; deleting the job ends it.`,
  linkLabel: 'Link to the results',
  linkFailed: 'No link was made',
  kept: (days: number, inputDays: number): string =>
    inputDays < days
      ? `Results are kept ${inDays(days)}; images that were sent ${inDays(inputDays)}, after which a failed one must be sent again.`
      : `Images and results are kept ${inDays(days)}.`,
  retryFailed: 'Retry failed files',
  cancelJob: 'Cancel',
  downloadFailed: 'The results could not be fetched',
  retryNotMade: 'The failed files were not tried again',
  cancelFailed: 'The job was not cancelled',
  deleteFailed: 'The job was not deleted',
  cancelTitle: 'Cancel this job?',
  cancelText: 'What is done stays and can be looked at; the rest is not processed. This cannot be undone.',
  cancelConfirm: 'Cancel the job',
  keepJob: 'Go on with it',
  deleteJob: 'Delete',
  deleteTitle: 'Delete this job?',
  deleteText: 'All its images and results are removed from the service. This cannot be undone.',
  deleteType: (word: string): string => `Type ${word} to confirm`,
  deleteWord: 'delete',
  deleteConfirm: 'Delete for ever',
  deleteKeep: 'Keep it',
  notify: 'Tell me when it is ready',
  notifyOn: 'You are notified when a job is ready, while this page is open.',
  notifyDenied: 'The browser does not allow notifications for this page. Allow them in its settings for this site.',
  ready: (name: string): string => `${name} is ready`,
  readyHint: (failed: number): string =>
    failed === 0
      ? 'The results of every image are below, and in one zip to download.'
      : 'The results are below, and in one zip to download. The list of files says why the others failed.',
  readyText: (state: string, failed: number, total: number): string =>
    failed === 0 ? state : `${state}, ${inNumbers(failed)} of ${inNumbers(total)} files failed`,
  titleRunning: (percent: number, name: string): string => `${percent} % · ${name}`,
  titleReady: (name: string): string => `✓ ${name}`,
  titleFailed: (name: string): string => `✗ ${name}`,

  // files of a job
  previews: 'Results',
  previewsWait: 'Previews appear here as images are done.',
  previewOf: (path: string, objects: number | undefined): string =>
    objects === undefined ? `Preview of ${path}` : `${path} with the outlines of ${inNumbers(objects)} objects`,
  images,
  objects: (count: number): string => (count === 1 ? '1 object' : `${inNumbers(count)} objects`),
  /** A cell that is seen in several planes of a stack counts in each. */
  objectsInPlanes: (count: number, planes: number): string =>
    planes === 1
      ? strings.objects(count)
      : `${strings.objects(count)} summed over ${inNumbers(planes)} planes, each counted by itself`,
  /** The same in a few words. */
  objectsOfTile: (count: number, planes: number): string =>
    planes === 1 ? strings.objects(count) : `${strings.objects(count)} in ${inNumbers(planes)} planes`,
  noteCount: (count: number): string => (count === 1 ? '1 note' : `${inNumbers(count)} notes`),
  filesTitle: 'Files',
  filesFilter: 'Show',
  filesAll: (count: number): string => `All (${inNumbers(count)})`,
  filesFailed: (count: number): string => `Failed (${inNumbers(count)})`,
  filesLeftOut: (count: number): string => `Left out (${inNumbers(count)})`,
  filesDone: (count: number): string => `Done (${inNumbers(count)})`,
  filesPending: (count: number): string => `Waiting (${inNumbers(count)})`,
  filesNone: 'No files of this kind.',
  filesNotYet: 'The files are listed as soon as the service knows them.',
  fileStates: {
    pending: 'waiting',
    done: 'done',
    failed: 'failed',
    leftOut: 'left out',
    sending: (percent: number): string => `sending ${percent} %`,
    waiting: 'not sent yet',
    arrived: 'arrived',
  },
  whatToDo: (next: string): string => `What to do: ${next}`,
  jobSummary: 'Summary of all images',

  // one image
  backToJob: (name: string): string => `Back to ${name}`,
  downloads: 'Downloads',
  kinds: {
    'labels.tif': 'Labels',
    'preview.png': 'Preview',
    'measurements.csv': 'Measurements',
    'prob.tif': 'Probabilities',
    'summary.json': 'Summary',
    'summary.csv': 'Summary table',
    'errors.csv': 'Failed and left out',
    'manifest.json': 'Manifest',
  },
  measurements: 'Measurements',
  noObjects: 'No objects were found in this image.',
  histogramOf: 'Histogram of',
  histogramTitle: (column: string, what: string): string => `${column} of ${what}`,
  histogramText: (low: string, median: string, high: string): string => `from ${low} to ${high}, median ${median}`,
  tableRows: (count: number): string => (count === 1 ? '1 row' : `${inNumbers(count)} rows`),

  // usage
  usageTitle: 'Usage and limits',
  plan: (name: string): string => `Plan: ${name}`,
  resets: (when: string): string => `Counters of the day start again ${when}.`,
  jobsAtOnce: 'Jobs not ended',
  jobsToday: 'Jobs today',
  bytesToday: 'Sent today',
  usedOf: (used: string, limit: string): string => `${used} of ${limit}`,
  usedWithoutLimit: (used: string): string => `${used}, no limit`,
  limits: 'Limits',
  filesPerJob: 'Files in a job',
  bytesPerFile: 'Size of a file',
  bytesPerArchive: 'Size of a zip',
  overLimits: 'An administrator can give you a larger plan.',

  nowhere: 'There is nothing here',
  nowhereText: 'The address leads to no screen of this page.',
} as const;
