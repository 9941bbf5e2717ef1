import { GetApiCommand } from '@aws-sdk/client-apigatewayv2';
import { ListTagsForResourceCommand } from '@aws-sdk/client-cloudfront';
import { DescribeUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { GetEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { GetEmailIdentityCommand } from '@aws-sdk/client-sesv2';
import type { Clients } from '../clients.ts';
import type { Access } from './access.ts';
import { roleName } from './account-policies.ts';
import { routeTableOf, tagsOfNetworkPart } from './network-facts.ts';

/** What only the account knows. Mail goes out as the verified address, or else as its domain; pools, distributions, networks and HTTP APIs have tags, a role a boundary, a mapping a function. */
export async function resolved(
  accesses: Access[],
  { ses, cognito, iam, lambda, cloudfront, apigateway }: Clients,
  motoUrl: string,
): Promise<Access[]> {
  const one = async (access: Access): Promise<Access> => {
    if (/^arn:aws:cloudfront::\d+:distribution\/\w+$/.test(access.resource)) {
      const { Tags } = await cloudfront
        .send(new ListTagsForResourceCommand({ Resource: access.resource }))
        .catch(() => ({ Tags: undefined })); // there is none: whom it is asked of says so
      return withTags(access, Object.fromEntries((Tags?.Items ?? []).map(({ Key, Value }) => [Key!, Value])));
    }
    const [, api] = /^arn:aws:apigateway:[\w-]+::\/apis\/(\w+)$/.exec(access.resource) ?? [];
    if (api !== undefined) {
      const { Tags = {} } = await apigateway.send(new GetApiCommand({ ApiId: api })).catch(() => ({ Tags: {} }));
      return withTags(access, Tags);
    }
    if (access.resource.startsWith('arn:aws:ec2:')) return ofNetwork(access, motoUrl);
    if (access.resource.includes(':userpool/')) {
      const { UserPool } = await cognito
        .send(new DescribeUserPoolCommand({ UserPoolId: access.resource.split(':userpool/')[1] }))
        .catch(() => ({ UserPool: undefined })); // there is none: whom it is asked of says so
      return withTags(access, UserPool?.UserPoolTags ?? {});
    }
    if (/^lambda:(Update|Delete)EventSourceMapping$/.test(access.action)) {
      const { FunctionArn } = await lambda
        .send(new GetEventSourceMappingCommand({ UUID: access.resource.split(':').at(-1) }))
        .catch(() => ({ FunctionArn: undefined })); // there is none: whom it is asked of says so
      if (FunctionArn === undefined) return access;
      return { ...access, context: { ...access.context, 'lambda:FunctionArn': FunctionArn } };
    }
    if (/^iam:.*Role/.test(access.action) && access.resource.includes(':role/')) {
      const { Role } = await iam
        .send(new GetRoleCommand({ RoleName: roleName(access.resource) }))
        .catch(() => ({ Role: undefined })); // it is about to be made
      const bound = Role?.PermissionsBoundary?.PermissionsBoundaryArn;
      return {
        ...access,
        resource: Role?.Arn ?? access.resource,
        context: { ...(bound !== undefined && { 'iam:PermissionsBoundary': bound }), ...access.context },
      };
    }
    const [prefix, address] = access.resource.split(':identity/');
    if (address === undefined || !address.includes('@')) return access;
    const isVerified = await ses.send(new GetEmailIdentityCommand({ EmailIdentity: address })).then(
      () => true,
      () => false,
    );
    return isVerified ? access : { ...access, resource: `${prefix}:identity/${address.split('@')[1]}` };
  };
  return Promise.all(accesses.map(one));
}

const withTags = (access: Access, tags: Readonly<Record<string, string | undefined>>): Access => ({
  ...access,
  context: {
    ...access.context,
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value ?? ''])),
  },
});

/** A part of a network has tags, once it is there; an association is judged by its table. */
async function ofNetwork(access: Access, motoUrl: string): Promise<Access> {
  const [, id] = /\/(\w+-\w+)$/.exec(access.resource) ?? [];
  if (id === undefined) return access;
  if (!id.startsWith('rtbassoc-')) return withTags(access, await tagsOfNetworkPart(motoUrl, id));
  const table = await routeTableOf(motoUrl, id);
  if (table === undefined) return access;
  const resource = access.resource.replace(/[^:]+$/, `route-table/${table}`);
  return withTags({ ...access, resource }, await tagsOfNetworkPart(motoUrl, table));
}
