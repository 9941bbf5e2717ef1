import { broken, edit, type Mutant } from './mutant.ts';

const restore = 'stages/cold/restore-job.ts';
const thaw = 'stages/cold/thaw-job.ts';
const expire = 'stages/cold/expire-job.ts';

export const ofReturning: readonly Mutant[] = [
  broken(
    'nothing comes back that nobody wants',
    restore,
    'if (message.asked !== true && plan.archiveAfterSeconds !== undefined)',
    'if (false as boolean)',
  ),
  broken(
    'what is on its way is waited for',
    restore,
    "    await queue.send('cold', [message], { delaySeconds: waitSeconds });\n",
    '',
  ),
  broken('another plan calls off what is due', restore, "await jobs.moveStorage(job, { to: 'kept', round });", ''),
  broken(
    'it says that it is on its way before it asks',
    restore,
    "const marked = await jobs.moveStorage(job, { to: 'restoring', round, tier });",
    "await askArchive(job, tier, services);\n    const marked = await jobs.moveStorage(job, { to: 'restoring', round, tier });",
  ),
  broken(
    'what is on its way is asked for again',
    restore,
    "if (state !== 'archived' && state !== 'restoring') return",
    "if (state !== 'archived') return",
  ),
  broken(
    'without capacity it comes the standard way',
    restore,
    "return askArchive(job, 'standard', services);",
    "return { answer: 'started', tier };",
  ),
  broken(
    'what is there at once is put back',
    restore,
    "if (asked.answer === 'ready') await",
    "if ((asked.answer as string) === 'now') await",
  ),
  broken(
    'another plan brings back what is there of all pages',
    restore,
    'if (page.cursor !== undefined)',
    'if (page.cursor === owner)',
  ),
  broken('nothing is put back of a copy that is on its way', thaw, "if (answer === 'running') return 'waits';", ''),
  broken(
    'a copy that ended is asked for again',
    thaw,
    "if (answer === 'started')",
    "if ((answer as string) === 'never')",
  ),
  {
    rule: 'results are put back before the job is live',
    edits: [
      edit(thaw, '  const putBack = isThere ? await bringBack(job, services) : 0;\n', ''),
      edit(
        thaw,
        'if (restored !== undefined) await sendRestored(restored, queue);',
        'const putBack = isThere ? await bringBack(job, services) : 0;\n  if (restored !== undefined) await sendRestored(restored, queue);',
      ),
    ],
  },
  broken('the zip is taken out of the archive', thaw, '  await objects.coldStorage.thaw(downloadRef(job));\n', ''),
  broken(
    'every result is put back',
    thaw,
    'if (entry === undefined || (await',
    "if (entry === undefined || ref.key.endsWith('labels.tif') || (await",
  ),
  broken('a damaged result is not put back', thaw, 'if (bad !== undefined) throw bad;', '', ['unit/stages/archive']),
  broken(
    'the owner is told',
    thaw,
    'if (restored !== undefined) await sendRestored',
    'if (restored === null) await sendRestored',
  ),
  broken(
    'the owner is told, though the first who wanted to say it died',
    thaw,
    "if (state === 'live' && round > 0) await",
    'if (round < 0) await',
  ),
  broken('what came back stays a day', thaw, 'Math.max(archiveAfterSeconds, restoredSeconds)', 'archiveAfterSeconds'),
  broken(
    'what came back goes again, where the plan archives',
    thaw,
    'if (archiveAfterSeconds === undefined) return {};',
    'if (archiveAfterSeconds !== 0) return {};',
  ),
  broken(
    'the last day is not the end, where the plan keeps it',
    expire,
    'if ((await members.planOf(owner)).archiveAfterSeconds === undefined)',
    'if ((await members.planOf(owner)) === undefined)',
  ),
  {
    rule: 'first marked as deleted, then deleted',
    edits: [
      edit(
        expire,
        "job = await jobs.moveStorage(job, { to: 'deleted', round });",
        "const zip = downloadRef(job);\n    await objects.remove(zip);\n    job = await jobs.moveStorage(job, { to: 'deleted', round });",
      ),
    ],
  },
  broken(
    'what is deleted is looked at no more',
    expire,
    "  await jobs.moveStorage(job, { to: 'emptied', round });\n",
    '',
  ),
];
