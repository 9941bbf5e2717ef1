import type { z } from 'zod';
import type { Feature } from '../core/features.ts';
import * as edits from './edits.ts';
import * as gallery from './gallery.ts';
import * as jobs from './jobs.ts';
import * as lab from './lab.ts';
import * as models from './models.ts';
import * as people from './people.ts';
import type { ProblemCode } from './problems.ts';
import * as results from './results.ts';
import { type Route, routes } from './routes.ts';
import * as service from './service.ts';
import * as shares from './shares.ts';
import * as uploads from './uploads.ts';

/** One route of the API: what it takes, what it gives, and how it may fail beside what every route may. */
export interface Operation extends Route {
  id: string;
  summary: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Also for whom the job is shared with; of others, `jobReadOnly` is the answer. */
  shared?: true;
  /** The route is there only where this is on. */
  feature?: Feature;
  /** For administrators; others get `adminsOnly`. */
  admin?: true;
  /** A request without a body is one with the empty object. */
  bodyOptional?: true;
  /** The answer to a repeat with the same Idempotency-Key is the first one's. Other POSTs are safe to repeat as they are. */
  stored?: true;
  /** 302: to the address that the handler returns. */
  status: 200 | 201 | 204 | 302;
  /** Absent with 204 and 302. */
  answer?: z.ZodType;
  problems: readonly ProblemCode[];
}

/** Of one job: its routes are for its owner, and those that are `shared` for whom it is shared with. */
export const isOfJob = ({ path }: Pick<Operation, 'path'>): boolean => path.startsWith('/v1/jobs/{id}');

const version = { params: models.versionParams, status: 200, answer: models.versionView } as const;

const figure = { params: gallery.figureParams, feature: 'gallery' } as const;

const job = { params: jobs.jobParams, problems: ['jobMissing'] } as const;

export const operations = {
  createJob: {
    ...routes.createJob,
    id: 'createJob',
    summary: 'Make a job for a folder, to be uploaded file by file or as one zip, or of the images of another job',
    body: jobs.newJobBody,
    stored: true,
    status: 201,
    answer: jobs.jobView,
    problems: [
      'modelMissing',
      'positiveTwice',
      'scaleTwice',
      'jobMissing',
      'fileMissing',
      'listOpen',
      'inputsGone',
      'overPlan',
      'overDay',
      'noRoom',
    ],
  },
  listJobs: {
    ...routes.listJobs,
    id: 'listJobs',
    summary: 'Your jobs, newest first; with words to search for those whose name or note has each of them',
    query: jobs.listJobsQuery,
    status: 200,
    answer: jobs.jobPage,
    problems: ['cursorRefused'],
  },
  showJob: {
    ...routes.showJob,
    id: 'showJob',
    ...job,
    shared: true,
    summary: 'One job: its state and counts',
    status: 200,
    answer: jobs.jobView,
  },
  describeJob: {
    ...routes.describeJob,
    id: 'describeJob',
    ...job,
    summary: 'Give the job another name, or a note',
    body: jobs.describeBody,
    status: 200,
    answer: jobs.jobView,
  },
  deleteJob: {
    ...routes.deleteJob,
    id: 'deleteJob',
    ...job,
    summary: 'Cancel the job if it runs, and delete it with all its images and results',
    status: 204,
  },
  signUploads: {
    ...routes.signUploads,
    id: 'signUploads',
    ...job,
    summary:
      'Name files of the job, and get for each a signed upload, or that it is there already, or why it is refused',
    body: uploads.uploadsBody,
    status: 200,
    answer: uploads.uploadAnswers,
    problems: ['jobMissing', 'jobEnded', 'overPlan', 'overDay', 'noRoom'],
  },
  signParts: {
    ...routes.signParts,
    id: 'signParts',
    ...job,
    summary: 'Signed uploads of parts of one large file',
    body: uploads.partsBody,
    status: 200,
    answer: uploads.signedParts,
    problems: ['jobMissing', 'jobEnded', 'fileMissing', 'uploadMissing', 'partsWrong', 'noRoom'],
  },
  listParts: {
    ...routes.listParts,
    id: 'listParts',
    ...job,
    summary: 'Parts of one large file that are there',
    query: uploads.listPartsQuery,
    status: 200,
    answer: uploads.sentParts,
    problems: ['jobMissing', 'fileMissing', 'uploadMissing'],
  },
  completeUpload: {
    ...routes.completeUpload,
    id: 'completeUpload',
    ...job,
    summary: 'Make one large file of its parts',
    body: uploads.completeBody,
    stored: true,
    status: 200,
    answer: uploads.completedUpload,
    problems: ['jobMissing', 'jobEnded', 'fileMissing', 'uploadMissing', 'partsWrong'],
  },
  submitJob: {
    ...routes.submitJob,
    id: 'submitJob',
    ...job,
    summary: 'Everything is sent: close the list of files',
    body: jobs.submitBody,
    bodyOptional: true,
    stored: true,
    status: 200,
    answer: jobs.jobView,
    problems: ['jobMissing', 'jobEnded', 'jobEmpty', 'uploadsMissing'],
  },
  retryJob: {
    ...routes.retryJob,
    id: 'retryJob',
    ...job,
    summary: 'Try the failed files again',
    stored: true,
    status: 200,
    answer: jobs.jobView,
    problems: ['jobMissing', 'nothingToRetry', 'resultArchived', 'overPlan'],
  },
  restoreJob: {
    ...routes.restoreJob,
    id: 'restoreJob',
    ...job,
    summary: 'Bring archived results back; asked again it changes nothing',
    stored: true,
    status: 200,
    answer: jobs.jobView,
    problems: ['jobMissing', 'planArchives', 'archiveOff'],
  },
  cancelJob: {
    ...routes.cancelJob,
    id: 'cancelJob',
    ...job,
    summary: 'Stop the job; what is done stays',
    stored: true,
    status: 200,
    answer: jobs.jobView,
    problems: ['jobMissing', 'jobEnded'],
  },
  listFiles: {
    ...routes.listFiles,
    id: 'listFiles',
    ...job,
    shared: true,
    summary: 'The files of the job in order of their paths, optionally of one state',
    query: jobs.listFilesQuery,
    status: 200,
    answer: jobs.filePage,
    problems: ['jobMissing', 'cursorRefused'],
  },
  showResults: {
    ...routes.showResults,
    id: 'showResults',
    ...job,
    shared: true,
    summary: 'Signed downloads of the results of one image, or without a path of the tables of the whole job',
    query: results.resultsQuery,
    status: 200,
    answer: results.results,
    problems: ['jobMissing', 'fileMissing', 'resultsMissing', 'noResults'],
  },
  signInput: {
    ...routes.signInput,
    id: 'signInput',
    ...job,
    shared: true,
    summary: 'Signed download of one image as it was sent; it takes ranges',
    query: results.inputQuery,
    status: 200,
    answer: results.download,
    problems: ['jobMissing', 'fileMissing', 'inputMissing'],
  },
  signDownload: {
    ...routes.signDownload,
    id: 'signDownload',
    ...job,
    shared: true,
    summary: 'Signed download of the zip of all results',
    query: results.downloadQuery,
    status: 200,
    answer: results.download,
    problems: ['jobMissing', 'resultsMissing', 'resultArchived'],
  },
  listEdits: {
    ...routes.listEdits,
    id: 'listEdits',
    ...job,
    shared: true,
    summary: 'Corrections of the labels of one image after a revision, the oldest first',
    query: edits.editsQuery,
    status: 200,
    answer: edits.editEntries,
    problems: ['jobMissing', 'fileMissing', 'revisionMissing'],
  },
  addEdits: {
    ...routes.addEdits,
    id: 'addEdits',
    ...job,
    summary: 'Store corrections of the labels of one image; the answer has them and what others stored meanwhile',
    body: edits.editsBody,
    status: 200,
    answer: edits.editEntries,
    problems: ['resultArchived', 'jobMissing', 'fileMissing', 'notCorrectable', 'editOutside', 'revisionMissing'],
  },
  showCorrections: {
    ...routes.showCorrections,
    id: 'showCorrections',
    ...job,
    shared: true,
    summary: 'Which images have corrections, and how far their corrected results are',
    status: 200,
    answer: edits.corrections,
  },
  correctResults: {
    ...routes.correctResults,
    id: 'correctResults',
    ...job,
    summary: 'Make labels, measurements, tables and zip once more with all corrections; those of the model stay',
    status: 200,
    answer: edits.corrections,
    problems: ['resultArchived', 'jobMissing', 'notCorrectable', 'nothingCorrected'],
  },
  shareJob: {
    ...routes.shareJob,
    id: 'shareJob',
    ...job,
    summary: 'Let another person of the lab see the job, its images and its results',
    body: shares.shareBody,
    status: 201,
    answer: shares.shareView,
    problems: ['jobMissing', 'sharingOff', 'personMissing', 'shareRefused'],
  },
  listJobShares: {
    ...routes.listJobShares,
    id: 'listJobShares',
    ...job,
    summary: 'Who sees the job, the oldest share first',
    status: 200,
    answer: shares.shareList,
    problems: ['jobMissing', 'sharingOff'],
  },
  unshareJob: {
    ...routes.unshareJob,
    id: 'unshareJob',
    summary: 'End a share at once; downloads that were signed before are good for five minutes at most',
    params: shares.shareParams,
    status: 204,
    problems: ['jobMissing', 'sharingOff'],
  },
  listShares: {
    ...routes.listShares,
    id: 'listShares',
    summary: 'What you share, and with whom, newest first',
    query: shares.sharesQuery,
    status: 200,
    answer: shares.sharePage,
    problems: ['sharingOff', 'cursorRefused'],
  },
  listShared: {
    ...routes.listShared,
    id: 'listShared',
    summary: 'Jobs that others share with you, the newest share first',
    query: shares.sharesQuery,
    status: 200,
    answer: jobs.jobPage,
    problems: ['sharingOff', 'cursorRefused'],
  },
  createLink: {
    ...routes.createLink,
    id: 'createLink',
    ...job,
    summary: 'Make a link with which anybody can download the zip for some days; deleting the job ends it',
    body: results.linkBody,
    status: 201,
    answer: results.linkView,
    problems: ['jobMissing', 'resultsMissing', 'resultArchived', 'linksOff'],
  },
  openLink: {
    ...routes.openLink,
    id: 'openLink',
    summary: 'Follow a public link: leads to a signed download of the zip',
    params: results.linkParams,
    status: 302,
    problems: ['linkMissing', 'resultArchived', 'tooFast'],
  },
  publishFigure: {
    ...routes.publishFigure,
    id: 'publishFigure',
    ...job,
    feature: 'gallery',
    summary: 'Publish the preview of one image as a card of the gallery; it stays when the job is deleted',
    body: gallery.newFigureBody,
    stored: true,
    status: 201,
    answer: gallery.figureView,
    problems: ['jobMissing', 'fileMissing', 'resultsMissing', 'noResults', 'figureRefused', 'noRoom'],
  },
  listFigures: {
    ...routes.listFigures,
    id: 'listFigures',
    feature: 'gallery',
    summary: 'Cards of the gallery, newest first; with scope=public those that everybody can see',
    query: gallery.galleryQuery,
    status: 200,
    answer: gallery.figurePage,
    problems: ['cursorRefused'],
  },
  showFigure: {
    ...routes.showFigure,
    id: 'showFigure',
    ...figure,
    summary: 'One card of the gallery, with signed downloads of its pictures',
    status: 200,
    answer: gallery.figureView,
    problems: ['figureMissing'],
  },
  changeFigure: {
    ...routes.changeFigure,
    id: 'changeFigure',
    ...figure,
    summary: 'Change the words of a card of yours, who sees it, and until when',
    body: gallery.changeFigureBody,
    status: 200,
    answer: gallery.figureView,
    problems: ['figureMissing', 'figureOfOthers', 'figureRefused'],
  },
  hideFigure: {
    ...routes.hideFigure,
    id: 'hideFigure',
    ...figure,
    summary: 'Take a card away with its pictures: for who published it, and administrators',
    status: 204,
    problems: ['figureMissing', 'figureOfOthers'],
  },
  openFigure: {
    ...routes.openFigure,
    id: 'openFigure',
    ...figure,
    summary: 'The picture of a public card: leads to a signed download',
    status: 302,
    problems: ['figureMissing', 'tooFast'],
  },
  showLab: {
    ...routes.showLab,
    id: 'showLab',
    admin: true,
    summary: 'People, what they used this month, and the disk: for administrators',
    status: 200,
    answer: lab.labView,
    problems: [],
  },
  listLabJobs: {
    ...routes.listLabJobs,
    id: 'listLabJobs',
    admin: true,
    summary: 'Names, states and sizes of the jobs of one person, newest first: for administrators',
    query: lab.labJobsQuery,
    status: 200,
    answer: lab.labJobs,
    problems: ['cursorRefused'],
  },
  forgetPerson: {
    ...routes.forgetPerson,
    id: 'forgetPerson',
    admin: true,
    summary: 'Delete all that a person without an account has left, with every job and image: for administrators',
    params: people.personParams,
    status: 200,
    answer: people.forgottenView,
    problems: ['personPresent'],
  },
  listModels: {
    ...routes.listModels,
    id: 'listModels',
    summary: 'The models; the first is the default',
    status: 200,
    answer: service.modelList,
    problems: [],
  },
  listVersions: {
    ...routes.listVersions,
    id: 'listVersions',
    summary: 'Every version of a model that was added to this service, newest first',
    status: 200,
    answer: models.versionList,
    problems: [],
  },
  addVersion: {
    ...routes.addVersion,
    id: 'addVersion',
    summary: 'Announce the package of a model; send it as POST …/upload says (admins)',
    body: models.newVersionBody,
    stored: true,
    status: 201,
    answer: models.versionView,
    problems: ['adminsOnly', 'packageTooLarge'],
  },
  showVersion: {
    ...routes.showVersion,
    ...version,
    id: 'showVersion',
    summary: 'One version of a model, with signed downloads of its cover and documentation',
    answer: models.versionDetail,
    problems: ['versionMissing'],
  },
  signPackage: {
    ...routes.signPackage,
    ...version,
    id: 'signPackage',
    summary: 'A signed upload of the package; it is checked when it has arrived (admins)',
    answer: models.packageUpload,
    problems: ['adminsOnly', 'versionMissing', 'versionState', 'noRoom'],
  },
  checkVersion: {
    ...routes.checkVersion,
    ...version,
    id: 'checkVersion',
    summary: 'Check the package again: one that was refused, or whose check does not end (admins)',
    problems: ['adminsOnly', 'versionMissing', 'versionState', 'packageMissing'],
  },
  offerVersion: {
    ...routes.offerVersion,
    ...version,
    id: 'offerVersion',
    summary: 'New jobs use this version: it is ready, and newer than what is offered of its name (admins)',
    problems: ['adminsOnly', 'versionMissing', 'versionState'],
  },
  retireVersion: {
    ...routes.retireVersion,
    ...version,
    id: 'retireVersion',
    summary: 'No new job uses this version; jobs that use it keep it (admins)',
    problems: ['adminsOnly', 'versionMissing', 'versionState'],
  },
  showMe: {
    ...routes.showMe,
    id: 'showMe',
    summary: 'Who you are, your plan, what you may use and have used',
    status: 200,
    answer: service.me,
    problems: [],
  },
  exportMe: {
    ...routes.exportMe,
    id: 'exportMe',
    summary: 'What the service keeps of you beside files, a page of one store at a time',
    query: people.exportQuery,
    status: 200,
    answer: people.exportView,
    problems: ['cursorRefused'],
  },
  showConfig: {
    ...routes.showConfig,
    id: 'showConfig',
    summary: 'What a client must know before it signs in',
    status: 200,
    answer: service.publicConfig,
    problems: [],
  },
  showHealth: {
    ...routes.showHealth,
    id: 'showHealth',
    summary: 'Is the service alive?',
    status: 200,
    answer: service.health,
    problems: ['unavailable'],
  },
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof operations;

/** Those that there are where these features are on. */
export const operationsWith = (on: ReadonlySet<Feature>): (Operation & { id: OperationId })[] =>
  (Object.values(operations) as (Operation & { id: OperationId })[]).filter(
    ({ feature }) => feature === undefined || on.has(feature),
  );
