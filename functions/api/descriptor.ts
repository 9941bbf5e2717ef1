import { type Bucket, buckets, jobBuckets } from '../core/object-keys.ts';
import type { Runnable } from '../stages/access.ts';

const listedBuckets = [...jobBuckets, 'pictures', 'datasets'] as const satisfies readonly Bucket[];

/** The HTTP API. What it signs for others counts as its own: a signed request has the rights of who signed it. */
export const api = {
  name: 'api',
  reads: buckets, // what arrived, and what is handed out
  lists: listedBuckets, // what is missing, and all that goes with a job or a person
  writes: ['uploads', 'inputs', 'results', 'figures', 'pictures'], // results: corrections of labels
  deletes: [...listedBuckets, 'figures'],
  parts: jobBuckets, // uploads in parts; those of a job that is deleted
  jobs: [
    'create',
    'get',
    'list',
    'running',
    'files',
    'file',
    'describe',
    'expect',
    'submit',
    'seal',
    'finishFile',
    'startPackaging',
    'cancel',
    'reopen',
    'resetFailed',
    'resume',
    'remove',
    'storageWaiting', // what administrators see of the archive
  ],
  shares: ['add', 'remove', 'find', 'ofJob', 'withMember', 'byOwner'],
  people: ['find'],
  accounts: ['list'],
  bills: true,
  usage: ['spend', 'of', 'total', 'forgetOwner'],
  models: ['add', 'get', 'all', 'checkAgain', 'offer', 'retire', 'forgetPerson'],
  figures: ['add', 'get', 'replace', 'remove', 'list', 'byOwner'],
  dataSets: ['add', 'get', 'byOwner', 'change', 'remove'],
  pictures: ['add', 'get', 'take', 'list', 'person', 'history', 'inList', 'decide', 'records', 'forgetOwner'],
  agreements: ['publish', 'versions'],
  bases: ['add', 'list', 'remove'],
  answers: ['claim', 'keep', 'release', 'forgetOwner'],
  sends: ['unzip', 'files', 'zips', 'cold', 'pictures', 'notices', 'teaching'], // notices: receipts of agreements
  memoryMb: 512,
  timeoutSeconds: 29, // the HTTP API waits for 30
} as const satisfies Runnable;
