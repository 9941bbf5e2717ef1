import type { QueueStage } from '../stage.ts';

export const predict = {
  name: 'predict',
  trigger: {
    queue: 'files',
    announced: 'inputs',
    batchSize: 1,
    attempts: 5, // AWS advises as many where Lambda may throttle: a delivery that finds no free function counts
  },
  reads: ['inputs', 'results', 'models'],
  lists: ['inputs', 'results', 'models'], // an image that is missing fails its file; a result that is missing is made
  writes: ['results', 'models'], // models: a package that passed its check
  deletes: ['results'], // what it kept of an image that took it several rounds
  jobs: ['get', 'file', 'finishFile', 'placeFile', 'startPackaging', 'touch'],
  models: ['get', 'startCheck', 'startBuild', 'accept', 'refuse', 'checkAgain'],
  sends: ['zips', 'files'], // files: its own message again, before the time is up
  endpoint: true, // asks models whose containers are kept elsewhere
  builds: 'asks', // for the image of a package that has a Dockerfile
  fleet: 'sends', // what is too large for this function
  memoryMb: 3008, // the most that Lambda gives a new account; 1.7 vCPUs
  memorySetting: true,
  timeoutSeconds: 900, // Lambda's limit
  concurrency: 'images',
} as const satisfies QueueStage;
