import { UserError } from '../../errors.ts';
import { githubIssuer } from './documents.ts';

/** Of the workflows that labdeploy has: deploy, and preview of a pull request. */
const ownEnvironments = ['production', 'preview'];

const form = /^([\w.-]+\/[\w.-]+)(?::([^:*?]+))?$/;

/** Subjects of the tokens that GitHub gives runs: of `owner/repository:environment`, or of the environments of labdeploy's own workflows. Throws `usage`. */
export function subjectsOf(given: string): string[] {
  const [, repository, environment] = form.exec(given) ?? [];
  if (repository === undefined) {
    const detail = `'${given}' is neither owner/repository nor owner/repository:environment`;
    throw new UserError('usage', { detail, command: 'bootstrap-iam' });
  }
  const environments = environment === undefined ? ownEnvironments : [environment];
  return environments.map((name) => subject(repository, name));
}

/** Source: GitHub Docs, OpenID Connect reference, example subject claims. */
const subject = (repository: string, environment: string): string => `repo:${repository}:environment:${environment}`;

interface Trust {
  Statement?: { Condition?: Record<string, Record<string, string | string[]>> }[];
}

/** The subjects that a role's trust lets in. Of `environment:*`, as earlier versions wrote it, the environments by name. */
export function trustedSubjects(trust: object): string[] {
  const subjects = ((trust as Trust).Statement ?? []).flatMap(({ Condition = {} }) =>
    Object.values(Condition).flatMap((keys) => keys[`${githubIssuer}:sub`] ?? []),
  );
  const named = subjects.flatMap((each) => {
    const [, repository] = /^repo:(.+):environment:\*$/.exec(each) ?? [];
    return repository === undefined ? [each] : ownEnvironments.map((name) => subject(repository, name));
  });
  return [...new Set(named)];
}

/** Those of one repository, or of one of its environments, taken out. */
export const withoutSubjects = (subjects: readonly string[], given: string): string[] => {
  const [, repository, environment] = form.exec(given) ?? [];
  const prefix = environment === undefined ? `repo:${repository}:` : `repo:${repository}:environment:${environment}`;
  return subjects.filter((each) => (environment === undefined ? !each.startsWith(prefix) : each !== prefix));
};
