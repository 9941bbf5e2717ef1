import { createHash } from 'node:crypto';
import { boundaryName, boundaryStatements } from '../../../policies/boundary.ts';
import { deployerStatements } from '../../../policies/deployer.ts';
import type { PolicyScope } from '../../../policies/named-arns.ts';
import { type PolicyDocument, policyDocument, type Statement } from '../../../policies/statement.ts';

/** Name of the role, of the user and of the first words of its policies. */
export const deployerName = (baseName: string): string => `${baseName}-deployer`;
/** Outside of `role/labdeploy-*`: the deployer cannot change itself. */
export const deployerPath = '/deployer/';

/** IAM counts the characters of a managed policy without white space. */
const longestPolicy = 6144;

export interface NamedPolicy {
  name: string;
  path: string;
  description: string;
  document: PolicyDocument;
}

/** What bounds every role of every stack. */
export const boundaryPolicy = (scope: PolicyScope): NamedPolicy => ({
  name: boundaryName(scope.baseName),
  path: '/',
  description: 'The most that a role of a labdeploy stack can do',
  document: policyDocument(boundaryStatements(scope)),
});

/** The deployer's permissions in as few policies as IAM's size allows, in order of their rows. */
export function deployerPolicies(scope: PolicyScope): NamedPolicy[] {
  const groups: Statement[][] = [];
  for (const statement of deployerStatements(scope)) {
    const last = groups.at(-1);
    if (last !== undefined && textOf(policyDocument([...last, statement])).length <= longestPolicy)
      last.push(statement);
    else groups.push([statement]);
  }
  return groups.map((statements, i) => ({
    name: `${deployerName(scope.baseName)}-${i + 1}`,
    path: deployerPath,
    description: `What labdeploy needs to deploy, part ${i + 1} of ${groups.length}`,
    document: policyDocument(statements),
  }));
}

export const textOf = (document: PolicyDocument): string => JSON.stringify(document);
export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Who may become the deployer: whom the account lets, and GitHub's runs with one of these subjects. */
export const trustDocument = ({ partition, account }: PolicyScope, subjects: readonly string[]): object => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Account',
      Effect: 'Allow',
      Principal: { AWS: `arn:${partition}:iam::${account}:root` },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    },
    ...(subjects.length === 0
      ? []
      : [
          {
            Sid: 'GitHub',
            Effect: 'Allow',
            Principal: { Federated: `arn:${partition}:iam::${account}:oidc-provider/${githubIssuer}` },
            Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
            Condition: {
              // Environments by name, each with its own reviewers: a workflow of any branch may name another.
              StringEquals: { [`${githubIssuer}:aud`]: 'sts.amazonaws.com', [`${githubIssuer}:sub`]: [...subjects] },
            },
          },
        ]),
  ],
});

export const githubIssuer = 'token.actions.githubusercontent.com';

/** As `--print` shows it, for any account: what an administrator can put in by hand. */
export function printable(partition: string, baseName: string, senders?: readonly string[]): object {
  const scope = { partition, account: '*', baseName, ...(senders !== undefined && { senders }) };
  // A condition compares letter by letter, so that there the account must be named.
  const named = (document: PolicyDocument) =>
    JSON.parse(
      textOf(document).replaceAll(`:iam::*:policy/${baseName}`, `:iam::\${aws:PrincipalAccount}:policy/${baseName}`),
    );
  const view = ({ name, path, document }: NamedPolicy) => ({ name, path, document: named(document) });
  return { boundary: view(boundaryPolicy(scope)), deployer: deployerPolicies(scope).map(view) };
}
