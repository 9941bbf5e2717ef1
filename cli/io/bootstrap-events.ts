import { event } from './event.ts';
import { count } from './format.ts';

/** What `bootstrap-iam` says. */
export const bootstrapEvents = {
  'bootstrap.root': event<{ account: string }>(
    'warn',
    (d) =>
      `you are the root user of account ${d.account}: fine for this one command, which makes IAM policies, a role and, where asked, a user; use root for nothing else`,
  ),
  'bootstrap.step': event<{ what: string; change: string }>('info', (d) => `${d.what}: ${d.change}`),
  'bootstrap.printed': event<{ policies: object }>('result', (d) => JSON.stringify(d.policies, null, 2)),
  'bootstrap.denied': event<{ action: string; on: string; why: string }>(
    'warn',
    (d) => `${d.action} on ${d.on} is denied, needed because: ${d.why}`,
  ),
  'bootstrap.checked': event<{ role: string; actions: number }>(
    'result',
    (d) => `${d.role} may do all of ${count(d.actions, 'action')}`,
  ),
  'bootstrap.removed': event<{ removed: string[] }>('result', (d) =>
    d.removed.length === 0 ? 'there was nothing to remove' : d.removed.map((what) => `removed ${what}`).join('\n'),
  ),
  'bootstrap.done': event<{
    role: string;
    boundary: string;
    /** Subjects of the GitHub runs that may become the role. */
    github?: string[];
    user?: string;
    accessKeyId?: string;
    secretAccessKey?: string;
    /** AWS does not take it yet. */
    notYet?: true;
  }>('result', (d) =>
    [
      `role      ${d.role}`,
      ...(d.github ?? []).map((subject) => `trusts    ${subject}`),
      ...(d.user === undefined ? [] : [`user      ${d.user}`]),
      ...(d.secretAccessKey === undefined
        ? []
        : [
            `export AWS_ACCESS_KEY_ID=${d.accessKeyId}`,
            `export AWS_SECRET_ACCESS_KEY=${d.secretAccessKey}`,
            'the secret is shown this once; keep it where no other person reads it',
            ...(d.notYet ? ['AWS does not take the key yet: wait a minute before you use it'] : []),
          ]),
      `next      as this deployer: labdeploy up --admin NAME@LAB`,
    ].join('\n'),
  ),
};
