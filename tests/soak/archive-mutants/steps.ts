import { broken, type Mutant } from './mutant.ts';

const steps = 'core/storage-steps.ts';

/** Of the states and their steps. */
export const ofSteps: readonly Mutant[] = [
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
