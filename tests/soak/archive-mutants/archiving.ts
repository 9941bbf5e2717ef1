import { broken, edit, type Mutant } from './mutant.ts';

const archive = 'stages/cold/archive-job.ts';

export const ofArchiving: readonly Mutant[] = [
  broken(
    'the plan is read after the mark',
    archive,
    'const plan = await members.planOf(job.owner);\n  const zip',
    'const plan = { archiveAfterSeconds: 300, archiveDays: 6 };\n  const zip',
  ),
  {
    rule: 'the plan is read after the mark, not before',
    edits: [
      edit(
        archive,
        'const marked = await jobs',
        'const early = await services.members.planOf(job.owner);\n  const marked = await jobs',
      ),
      edit(
        archive,
        'return await archiveMarked(marked, services)',
        'return await archiveMarked(marked, services, early)',
      ),
      edit(
        archive,
        'async function archiveMarked(job: Job, services: ArchiveServices)',
        'async function archiveMarked(job: Job, services: ArchiveServices, early: Awaited<ReturnType<ArchiveServices["members"]["planOf"]>>)',
      ),
      edit(archive, 'const plan = await members.planOf(job.owner);\n  const zip', 'const plan = early;\n  const zip'),
    ],
  },
  broken(
    'a plan that follows late is read again',
    archive,
    'if ((await members.planOf(job.owner)).archiveAfterSeconds === undefined)\n',
    'if (archived === undefined)\n',
  ),
  broken('nothing goes before its time', archive, 'if (waitSeconds > 0)', 'if (waitSeconds > 900)'),
  broken(
    'what cannot be delayed so long comes by sweep',
    archive,
    'if (waitSeconds <= longestDelaySeconds) await',
    'await',
  ),
  broken('a message of an earlier round plans nothing', archive, 'if (storage.round !== round) return undefined;', ''),
  broken('what is frozen goes on or comes back', archive, 'head.cold === undefined && !archives', '!archives'),
  broken('corrected labels stay', archive, '!(await isCorrected(job, services)) &&', ''),
  broken('the zip holds all that is deleted', archive, '(await holdsResults(job, services, head))', 'true'),
  broken(
    'the archive has it before it is deleted here',
    archive,
    'frozen.cold === undefined || frozen.bytes !== head.bytes',
    'false',
  ),
  {
    rule: 'first frozen, then deleted here',
    edits: [
      edit(archive, '  await objects.coldStorage.freeze(zip);\n', ''),
      edit(
        archive,
        'const days = plan.archiveDays',
        'await objects.coldStorage.freeze(zip);\n  const days = plan.archiveDays',
      ),
      edit(archive, 'frozen.cold === undefined || frozen.bytes', 'frozen.bytes'),
    ],
  },
  {
    rule: 'deleted here before it counts as archived',
    edits: [
      edit(
        archive,
        '  const results = await existing(job, services);\n  await forEachLimit(results',
        '  const deleteHere = async () => forEachLimit((await existing(job, services))',
      ),
      edit(archive, 'if (archived === undefined) return', 'await deleteHere();\n  if (archived === undefined) return'),
    ],
  },
  broken(
    'the map of the model goes with the labels',
    archive,
    "await objects.removeAll('results', foregroundPrefix(job));",
    '',
    ['unit/stages/archive'],
  ),
  broken('previews and tables stay', archive, '/\\/(labels\\.tif|', '/\\/(labels\\.tif|preview\\.png|'),
  broken('labels are not kept twice', archive, '/\\/(labels\\.tif|', '/\\/('),
  broken(
    'an attempt that failed gives its lease back',
    archive,
    "await jobs.moveStorage(marked, { to: 'released'",
    "if (marked === null) await jobs.moveStorage(marked, { to: 'released'",
  ),
  broken('what is not archived is live again', archive, "await jobs.moveStorage(job, { to: 'kept', round });\n", ''),
];
