/** A rule of the archive, broken: each text `was` stands once in its file, and becomes the other. */
export interface Mutant {
  rule: string;
  /** Below `functions`. */
  edits: readonly { file: string; was: string; becomes: string }[];
  /** Test files that hold the rule, by their paths, where no schedule can find it. */
  tests?: readonly string[];
}

const edit = (file: string, was: string, becomes: string) => ({ file, was, becomes });
const broken = (rule: string, file: string, was: string, becomes: string, tests?: readonly string[]): Mutant => ({
  rule,
  edits: [edit(file, was, becomes)],
  ...(tests && { tests }),
});

const steps = 'core/storage-steps.ts';
const archive = 'stages/cold/archive-job.ts';
const restore = 'stages/cold/restore-job.ts';
const thaw = 'stages/cold/thaw-job.ts';
const expire = 'stages/cold/expire-job.ts';

/** Of the states and their steps. */
const ofSteps: readonly Mutant[] = [
  broken('only a completed job is archived', steps, "if (job.state !== 'completed' || !applies", 'if (!applies'),
  broken(
    'a plan of an earlier generation changes nothing: due',
    steps,
    "return state === 'live' && dueAt === undefined && job.generation === step.generation;",
    "return state === 'live' && dueAt === undefined;",
  ),
  broken(
    'a job that was retried meanwhile is not marked',
    steps,
    "      return state === 'live' && job.generation === step.generation;\n    case 'kept'",
    "      return state === 'live';\n    case 'kept'",
  ),
  broken('one process at a time archives', steps, '(lease === undefined || lease <= now)', 'true'),
  broken(
    'the lease is longer than any stage runs',
    steps,
    'const leaseSeconds = 20 * minute',
    'const leaseSeconds = 1',
  ),
  broken('a message of an earlier round changes nothing', steps, 'if (round !== step.round) return false;', ''),
  broken(
    'each mark is a round of its own',
    steps,
    'round: round + 1,\n        since: now,\n        lease',
    'round,\n        since: now,\n        lease',
  ),
  broken(
    'what is called off is not archived by a late message',
    steps,
    "round: storage.state === 'live' ? round + 1 : round, since",
    'round, since',
  ),
  broken('only what is on its way becomes archived', steps, "return state === 'archiving';", 'return true;'),
  broken(
    'only what is away comes back',
    steps,
    "return state === 'archived' || state === 'restoring' || state === 'thawing';",
    'return true;',
  ),
  broken(
    'only what was asked for becomes live',
    steps,
    "return state === 'restoring' || state === 'thawing';",
    'return true;',
  ),
  broken(
    'what is archived is kept for its days',
    steps,
    'keptUntil !== undefined && keptUntil <= now',
    'keptUntil !== undefined',
  ),
  broken(
    'what is archived is deleted after the days of the plan',
    steps,
    '{ keptUntil: at(step.days * daySeconds) }',
    '{}',
  ),
  broken('sweep finds what is due', steps, '({ dueAt, lookAt: dueAt + patience.due * 1000 })', '({ dueAt })'),
  broken('sweep finds what is on its way to the archive', steps, 'lookAt: at(patience.archiving),', ''),
  broken('sweep finds what was asked for', steps, ', lookAt: at(patience.restoring[step.tier]) }', ' }'),
  broken('sweep finds what is put back', steps, ', lookAt: at(patience.thawing) }', ' }'),
  broken('sweep finds what is to be deleted', steps, ', lookAt: at(patience.deleted) }', ' }'),
  broken(
    'sweep looks whether what is archived shall come back',
    steps,
    'lookAt: keptUntil > now ? Math.min(usual, keptUntil) : usual',
    'lookAt: keptUntil',
  ),
  broken(
    'a new round of the files calls off what was due',
    steps,
    "return { ...rest, storage: { state: 'live', round: storage.round, since: storage.since } };",
    'return job;',
  ),
];

const ofArchiving: readonly Mutant[] = [
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

const ofReturning: readonly Mutant[] = [
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

const ofOthers: readonly Mutant[] = [
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

const ofAdapters: readonly Mutant[] = [
  broken(
    'of two changes of a job in DynamoDB one is seen by the other',
    'adapters/aws/job-changes.ts',
    "const unchanged = '#version = :version';",
    "const unchanged = '(#version = :version OR NOT #version = :version)';",
    ['contract/job-store.model', 'contract/dynamo-schedules'],
  ),
  broken(
    'S3 copies the object that was looked at',
    'adapters/aws/s3-cold-storage.ts',
    ', CopySourceIfMatch: ETag }',
    ' }',
    ['unit/aws/s3-cold-storage'],
  ),
  broken(
    'parts are copied of the object that was looked at',
    'adapters/aws/s3-cold-storage.ts',
    'upload.copy(part, ref, range, found.ETag)',
    'upload.copy(part, ref, range)',
    ['unit/aws/s3-cold-storage'],
  ),
  broken(
    'what is restored is known from what is on its way',
    'adapters/aws/s3-cold-storage.ts',
    "if (Restore?.includes('ongoing-request=\"true\"')) return 'thawing';",
    '',
    ['unit/aws/s3-cold-storage'],
  ),
  broken(
    '503 without capacity is an answer',
    'adapters/aws/s3-cold-storage.ts',
    "if (nameOf(error) === 'GlacierExpeditedRetrievalNotAvailable') return 'noCapacity';",
    '',
    ['unit/aws/s3-cold-storage'],
  ),
  broken(
    'a file that was replaced meanwhile is not moved',
    'adapters/local/object-index.ts',
    'WHERE bucket = ? AND key = ? AND file = ?',
    'WHERE bucket = ? AND key = ? AND file >= 0 * ?',
    ['unit/local/cold-storage', 'contract/cold-storage.local'],
  ),
  broken(
    'a copy on the disk is checked',
    'adapters/local/cold-storage.ts',
    'const written = { key: ref.key, expected, durable: true }',
    'const written = { key: ref.key, expected: { ...(expected.bytes < 0 && expected) }, durable: true }',
    ['unit/local/cold-storage', 'contract/cold-storage.local'],
  ),
  broken(
    'the old file goes once the move is sure',
    'adapters/local/cold-storage.ts',
    '    const done = await index.transfer',
    '    await discard([from]);\n    const done = await index.transfer',
    ['unit/local/cold-storage', 'contract/cold-storage.local', 'fuzz/archive-killed'],
  ),
  broken(
    'a disk that was taken away meanwhile is seen',
    'adapters/local/cold-storage.ts',
    '      if (archived) await folder.assertSame();\n',
    '',
    ['unit/local/cold-storage', 'e2e/archive-disk'],
  ),
  broken(
    'no folder is made where archived results should be',
    'adapters/local/archive-folder.ts',
    'if (hasFiles()) throw away',
    'if (hasFiles() && id === note) throw away',
    ['unit/local/cold-storage'],
  ),
];

export const mutants: readonly Mutant[] = [...ofSteps, ...ofArchiving, ...ofReturning, ...ofOthers, ...ofAdapters];
