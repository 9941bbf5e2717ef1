import { broken, type Mutant } from './mutant.ts';

export const ofOthers: readonly Mutant[] = [
  broken(
    'what is away is not retried',
    'core/transitions.ts',
    '|| !isLive(job)) return undefined',
    ') return undefined',
  ),
  broken(
    'a retry is a new generation',
    'core/transitions.ts',
    'generation: job.generation + 1 }',
    'generation: job.generation }',
  ),
  broken(
    'a job that completed goes on its way to the archive',
    'stages/zip/package.ts',
    'if (services.archiving) await sendToArchive(job, services.queue);',
    '',
  ),
  broken(
    'also where the first who wanted to send it died',
    'stages/zip/package.ts',
    "const isOver = result !== 'not packaging' || isTerminal(job);",
    "const isOver = result !== 'not packaging';",
  ),
  broken(
    'the plan is written before what is archived is asked for',
    'api/change-plan.ts',
    '  await accounts.setPlan(person, plan);\n',
    "  await new Promise<void>((resolve, reject) => queue.send('cold', archiving === true && plans[plan]?.archiveAfterSeconds === undefined ? [{ kind: 'restoreAll', owner: person }] : []).then(resolve, reject));\n  await accounts.setPlan(person, plan);\n  if (person !== '') return;\n",
  ),
  broken(
    'another plan brings back what is archived',
    'api/change-plan.ts',
    'if (archiving === true && plans',
    'if (archiving === undefined && plans',
  ),
  broken(
    'deleting a job deletes what is archived of it',
    'jobs/forget.ts',
    'for (const bucket of jobBuckets) {',
    "for (const bucket of jobBuckets.filter((each) => each !== 'downloads')) {",
  ),
  broken(
    'what comes late to a deleted job goes, too',
    'stages/sweep/sweep.ts',
    'for (const bucket of jobBuckets) await objects.removeAll',
    'for (const bucket of jobBuckets.slice(1)) await objects.removeAll',
  ),
  broken(
    'sweep sends each its own message',
    'stages/sweep/sweep.ts',
    "state === 'archived' ? 'restore' : 'thaw'",
    "'restore'",
  ),
  broken(
    'sweep ends what is over',
    'stages/sweep/sweep.ts',
    "if (state === 'deleted' || isOver(storageOf(job), now))",
    "if (state === 'deleted')",
  ),
];
