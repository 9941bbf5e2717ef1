import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteOpenIDConnectProviderCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteUserCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  GetOpenIDConnectProviderCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetUserCommand,
  type IAMClient,
  ListAccessKeysCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListPolicyVersionsCommand,
  TagPolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import type { PolicyDocument } from '../../../policies/statement.ts';
import { UserError } from '../../errors.ts';
import { digestOf, githubIssuer, type NamedPolicy, textOf } from './documents.ts';

export type Change = 'made' | 'changed' | 'as it was';

/** Of what labdeploy wrote; where it differs, the policy was changed since by hand. */
const digestTag = 'labdeploy:sha256';
/** IAM keeps so many versions of a policy. */
const mostVersions = 5;

/** Undefined where IAM has no such thing. */
async function found<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (/^NoSuchEntity/.test((error as Error).name)) return undefined;
    throw error;
  }
}

/** False too where the asker may not know: who has rights of another kind is not bound by labdeploy's. */
export async function isPolicy(iam: IAMClient, PolicyArn: string): Promise<boolean> {
  try {
    return (await found(iam.send(new GetPolicyCommand({ PolicyArn })))) !== undefined;
  } catch (error) {
    if (/^AccessDenied/.test((error as Error).name)) return false;
    throw error;
  }
}

/** As it is in the account; undefined where there is none. */
export async function documentOf(iam: IAMClient, PolicyArn: string): Promise<PolicyDocument | undefined> {
  const known = await found(iam.send(new GetPolicyCommand({ PolicyArn })));
  if (known === undefined) return undefined;
  const asked = new GetPolicyVersionCommand({ PolicyArn, VersionId: known.Policy!.DefaultVersionId! });
  const { PolicyVersion } = await iam.send(asked);
  return JSON.parse(decodeURIComponent(PolicyVersion!.Document!)) as PolicyDocument;
}

/** Makes a policy or brings it up to date. One that was edited is left, unless `overwrite`: it may be stricter on purpose. */
export async function ensurePolicy(
  iam: IAMClient,
  arn: string,
  { name, path, description, document }: NamedPolicy,
  overwrite: boolean,
): Promise<Change> {
  const wanted = textOf(document);
  const tag = { Key: digestTag, Value: digestOf(wanted) };
  const known = await found(iam.send(new GetPolicyCommand({ PolicyArn: arn })));
  if (known === undefined) {
    await iam.send(
      new CreatePolicyCommand({
        PolicyName: name,
        Path: path,
        Description: description,
        PolicyDocument: wanted,
        Tags: [tag],
      }),
    );
    return 'made';
  }
  const { PolicyVersion } = await iam.send(
    new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: known.Policy!.DefaultVersionId! }),
  );
  const there = JSON.stringify(JSON.parse(decodeURIComponent(PolicyVersion!.Document!)));
  if (there === wanted) return 'as it was';
  const written = known.Policy!.Tags?.find(({ Key }) => Key === digestTag)?.Value;
  if (written !== digestOf(there) && !overwrite) throw new UserError('policyEdited', { name });
  await dropOldestVersion(iam, arn);
  await iam.send(new CreatePolicyVersionCommand({ PolicyArn: arn, PolicyDocument: wanted, SetAsDefault: true }));
  await iam.send(new TagPolicyCommand({ PolicyArn: arn, Tags: [tag] }));
  return 'changed';
}

async function dropOldestVersion(iam: IAMClient, PolicyArn: string): Promise<void> {
  const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
  if (Versions.length < mostVersions) return;
  const [oldest] = Versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion).sort(
    (a, b) => a.CreateDate!.getTime() - b.CreateDate!.getTime(),
  );
  await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: oldest!.VersionId }));
}

/** Who may become a role; undefined where there is none. */
export async function trustOf(iam: IAMClient, RoleName: string): Promise<object | undefined> {
  const known = await found(iam.send(new GetRoleCommand({ RoleName })));
  return known && (JSON.parse(decodeURIComponent(known.Role!.AssumeRolePolicyDocument!)) as object);
}

/** Makes the role or changes who may become it. A trust that was edited is left, unless `overwrite`. */
export async function ensureRole(
  iam: IAMClient,
  role: { name: string; path: string; trust: object },
  overwrite: boolean,
): Promise<Change> {
  const RoleName = role.name;
  const wanted = JSON.stringify(role.trust);
  const tag = { Key: digestTag, Value: digestOf(wanted) };
  const known = await found(iam.send(new GetRoleCommand({ RoleName })));
  if (known === undefined) {
    await iam.send(
      new CreateRoleCommand({
        RoleName,
        Path: role.path,
        Description: 'Deploys labdeploy stacks',
        AssumeRolePolicyDocument: wanted,
        MaxSessionDuration: 4 * 3600, // a first deployment with a slow distribution
        Tags: [tag],
      }),
    );
    return 'made';
  }
  const there = JSON.stringify(JSON.parse(decodeURIComponent(known.Role!.AssumeRolePolicyDocument!)));
  if (there === wanted) return 'as it was';
  const ours = known.Role!.Tags?.find(({ Key }) => Key === digestTag)?.Value === digestOf(there);
  if (!ours && !overwrite) throw new UserError('policyEdited', { name: `the trust of ${RoleName}` });
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: wanted }));
  await iam.send(new TagRoleCommand({ RoleName, Tags: [tag] }));
  return 'changed';
}

export async function ensureUser(iam: IAMClient, UserName: string, Path: string): Promise<Change> {
  if ((await found(iam.send(new GetUserCommand({ UserName })))) !== undefined) return 'as it was';
  await iam.send(new CreateUserCommand({ UserName, Path }));
  return 'made';
}

/** The account's trust in GitHub's tokens; one an account, whoever made it. */
export async function ensureGithub(iam: IAMClient, arn: string): Promise<Change> {
  const there = await found(iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn })));
  if (there !== undefined) return 'as it was';
  await iam.send(
    new CreateOpenIDConnectProviderCommand({
      Url: `https://${githubIssuer}`,
      ClientIDList: ['sts.amazonaws.com'],
      Tags: [ownTag],
    }),
  );
  return 'made';
}

const ownTag = { Key: 'labdeploy:owner', Value: 'bootstrap-iam' };

export async function attach(
  iam: IAMClient,
  to: { role: string } | { user: string },
  arns: readonly string[],
): Promise<void> {
  const attached = await attachedTo(iam, to);
  for (const PolicyArn of arns) {
    if (attached.includes(PolicyArn)) continue;
    if ('role' in to) await iam.send(new AttachRolePolicyCommand({ RoleName: to.role, PolicyArn }));
    else await iam.send(new AttachUserPolicyCommand({ UserName: to.user, PolicyArn }));
  }
}

async function attachedTo(iam: IAMClient, to: { role: string } | { user: string }): Promise<string[]> {
  const { AttachedPolicies = [] } =
    'role' in to
      ? await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: to.role }))
      : await iam.send(new ListAttachedUserPoliciesCommand({ UserName: to.user }));
  return AttachedPolicies.map(({ PolicyArn }) => PolicyArn!);
}

/** Throws `keysFull` where the user has two. */
export async function createAccessKey(iam: IAMClient, UserName: string): Promise<{ id: string; secret: string }> {
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName })).catch((error: unknown) => {
    if ((error as Error).name !== 'LimitExceededException' && (error as Error).name !== 'LimitExceeded') throw error;
    throw new UserError('keysFull', { user: UserName }, { cause: error });
  });
  return { id: AccessKey!.AccessKeyId!, secret: AccessKey!.SecretAccessKey! };
}

/** Each of these returns whether there was something to remove. */
export async function removeRole(iam: IAMClient, RoleName: string): Promise<boolean> {
  if ((await found(iam.send(new GetRoleCommand({ RoleName })))) === undefined) return false;
  for (const PolicyArn of await attachedTo(iam, { role: RoleName }))
    await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
  await iam.send(new DeleteRoleCommand({ RoleName }));
  return true;
}

export async function removeUser(iam: IAMClient, UserName: string): Promise<boolean> {
  if ((await found(iam.send(new GetUserCommand({ UserName })))) === undefined) return false;
  for (const PolicyArn of await attachedTo(iam, { user: UserName }))
    await iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn }));
  const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
  for (const { AccessKeyId } of AccessKeyMetadata)
    await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  await iam.send(new DeleteUserCommand({ UserName }));
  return true;
}

export async function removePolicy(iam: IAMClient, PolicyArn: string): Promise<boolean> {
  if ((await found(iam.send(new GetPolicyCommand({ PolicyArn })))) === undefined) return false;
  const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
  for (const { VersionId, IsDefaultVersion } of Versions)
    if (!IsDefaultVersion) await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
  await iam.send(new DeletePolicyCommand({ PolicyArn }));
  return true;
}

/** Only the one that labdeploy made: others may rely on GitHub too. */
export async function removeGithub(iam: IAMClient, arn: string): Promise<boolean> {
  const there = await found(iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn })));
  if (there?.Tags?.some(({ Key, Value }) => Key === ownTag.Key && Value === ownTag.Value) !== true) return false;
  await iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
  return true;
}
