import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { GetPolicyCommand as GetFunctionPolicyCommand } from '@aws-sdk/client-lambda';
import { GetBucketPolicyCommand } from '@aws-sdk/client-s3';
import { GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import type { Clients } from '../clients.ts';
import type { Policy, PolicyDocument } from './decide.ts';

export interface RolePolicies {
  /** Who may assume it. */
  trust: PolicyDocument;
  identity: readonly Policy[];
  boundary?: Policy;
}

/** Policies as the account has them now, read once until they are forgotten. */
export interface AccountPolicies {
  /** Also of a user, whom nobody assumes. */
  ofRole(arn: string): Promise<RolePolicies>;
  /** Of a bucket, an object's bucket, a queue, a topic or a function; undefined where it has none. */
  ofResource(arn: string): Promise<PolicyDocument | undefined>;
  /** `users`: false where only the account's owner could have changed theirs. */
  forget(what?: { users?: boolean }): void;
}

export const roleName = (arn: string): string => arn.split('/').at(-1)!;

/** IAM gives documents escaped as in an address. */
const parse = (document: string | undefined): PolicyDocument => JSON.parse(decodeURIComponent(document!));

export function accountPolicies({ iam, s3, sqs, sns, lambda }: Clients): AccountPolicies {
  const managed = async (PolicyArn: string): Promise<Policy> => {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    const VersionId = Policy!.DefaultVersionId;
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    return { name: roleName(PolicyArn), document: parse(PolicyVersion!.Document) };
  };
  const readRole = async (arn: string): Promise<RolePolicies> => {
    const RoleName = roleName(arn);
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    const inline = PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      return { name: PolicyName, document: parse(PolicyDocument) };
    });
    const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    const attached = AttachedPolicies.map(({ PolicyArn }) => managed(PolicyArn!));
    const boundary = Role!.PermissionsBoundary?.PermissionsBoundaryArn;
    return {
      trust: parse(Role!.AssumeRolePolicyDocument),
      identity: await Promise.all([...inline, ...attached]),
      ...(boundary !== undefined && { boundary: await managed(boundary) }),
    };
  };
  const readUser = async (arn: string): Promise<RolePolicies> => {
    const UserName = roleName(arn);
    const { AttachedPolicies = [] } = await iam.send(new ListAttachedUserPoliciesCommand({ UserName }));
    return {
      trust: { Statement: [] },
      identity: await Promise.all(AttachedPolicies.map(({ PolicyArn }) => managed(PolicyArn!))),
    };
  };
  const readResource = async (arn: string): Promise<PolicyDocument | undefined> => {
    const [, , service, , , name = ''] = arn.split(':');
    if (service === 's3') {
      const answer = await absent(s3.send(new GetBucketPolicyCommand({ Bucket: name.split('/')[0] })), [
        'NoSuchBucketPolicy',
        'NoSuchBucket',
      ]);
      return answer && JSON.parse(answer.Policy!);
    }
    if (service === 'sqs') {
      const queue = await absent(sqs.send(new GetQueueUrlCommand({ QueueName: name })), ['QueueDoesNotExist']);
      if (queue === undefined) return undefined;
      const { QueueUrl } = queue;
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] }));
      return Attributes?.Policy === undefined ? undefined : JSON.parse(Attributes.Policy);
    }
    if (service === 'sns') {
      const topic = await absent(sns.send(new GetTopicAttributesCommand({ TopicArn: arn })), ['NotFoundException']);
      return topic?.Attributes?.Policy === undefined ? undefined : JSON.parse(topic.Attributes.Policy);
    }
    if (service === 'lambda') {
      const named = new GetFunctionPolicyCommand({ FunctionName: arn.split(':')[6] });
      const answer = await absent(lambda.send(named), ['ResourceNotFoundException']);
      return answer && JSON.parse(answer.Policy!);
    }
    return undefined;
  };
  const users = new Map<string, Promise<RolePolicies>>();
  const roles = new Map<string, Promise<RolePolicies>>();
  const resources = new Map<string, Promise<PolicyDocument | undefined>>();
  const once = <T>(kept: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> => {
    const known = kept.get(key) ?? read();
    kept.set(key, known);
    return known;
  };
  return {
    ofRole: (arn) =>
      arn.includes(':user/') ? once(users, arn, () => readUser(arn)) : once(roles, arn, () => readRole(arn)),
    ofResource(arn) {
      const whole = arn.startsWith('arn:aws:s3:::') ? arn.split('/')[0]! : arn;
      return once(resources, whole, () => readResource(whole));
    },
    forget({ users: andUsers = true } = {}) {
      if (andUsers) users.clear();
      roles.clear();
      resources.clear();
    },
  };
}

async function absent<T>(answer: Promise<T>, names: readonly string[]): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (names.includes((error as Error).name)) return undefined;
    throw error;
  }
}
