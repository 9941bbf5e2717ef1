import { type Access, type AccountRegion, arn, formOf, jsonOf, targetOf } from './access.ts';
import type { SignedRequest } from './signed-request.ts';

type Accesses = (request: SignedRequest, target: AccountRegion) => Access[];

/** Values of `{name}.member.1`, `{name}.member.2` …, or of one key of each member. */
const members = (form: ReadonlyMap<string, string>, name: string, key = ''): string[] =>
  [...form].filter(([field]) => RegExp(`^${name}\\.member\\.\\d+${key}$`).test(field)).map(([, value]) => value);

const iamArn = ({ accountId }: AccountRegion, resource: string): string => `arn:aws:iam::${accountId}:${resource}`;

/** Actions on tags of what is made with some. */
const tagging: Readonly<Record<string, string>> = { CreateRole: 'TagRole', CreatePolicy: 'TagPolicy' };

/** Without their paths, which only the account knows. What bounds a role is looked up there too. */
export const iamAccesses: Accesses = (request, target) => {
  const form = formOf(request);
  const operation = form.get('Action')!;
  const [role, user, policy] = ['RoleName', 'UserName', 'PolicyName'].map((field) => form.get(field));
  const path = form.get('Path') ?? '/';
  const resource =
    role !== undefined
      ? iamArn(target, `role${path}${role}`)
      : user !== undefined
        ? iamArn(target, `user${path}${user}`)
        : (form.get('PolicyArn') ??
          form.get('OpenIDConnectProviderArn') ??
          (policy === undefined ? '*' : iamArn(target, `policy${path}${policy}`)));
  const boundary = form.get('PermissionsBoundary');
  const context = boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary };
  const tags = members(form, 'Tags', '\\.Key');
  const tagged = tagging[operation];
  return [
    { action: `iam:${operation}`, resource, context },
    ...(tagged !== undefined && tags.length > 0 ? [{ action: `iam:${tagged}`, resource }] : []),
  ];
};

export const ssmAccesses: Accesses = (request, target) => {
  const { Name = '', Names } = jsonOf(request) as { Name?: string; Names?: string[] };
  return (Names ?? [Name]).map((each) => ({
    action: `ssm:${targetOf(request)}`,
    resource: arn(target, 'ssm', `parameter/${each.replace(/^\//, '')}`),
  }));
};

/** Of either protocol that the SDKs of CloudWatch speak: names of alarms and dashboards. */
function watched(request: SignedRequest): {
  operation: string;
  alarms: string[];
  dashboards: string[];
  isTagged: boolean;
  arn?: string;
} {
  const cbor = /\/operation\/(\w+)$/.exec(request.path)?.[1];
  const operation = cbor ?? targetOf(request);
  const call =
    operation === undefined
      ? formOf(request)
      : new Map(Object.entries(cbor === undefined ? jsonOf(request) : textsOf(request.body)));
  const many = (name: string) =>
    operation === undefined ? members(call as Map<string, string>, name) : ([call.get(name) ?? []].flat() as string[]);
  const one = (name: string) => (call.has(name) ? [call.get(name) as string] : []);
  const resource = call.get('ResourceARN') as string | undefined;
  return {
    operation: operation ?? (call.get('Action') as string),
    alarms: [...one('AlarmName'), ...many('AlarmNames')],
    dashboards: [...one('DashboardName'), ...many('DashboardNames')],
    isTagged: call.has('Tags') || call.has('Tags.member.1.Key'),
    ...(resource !== undefined && { arn: resource }),
  };
}

/** Strings of a CBOR map, and those in its lists, by their names; all else is left out. Source: RFC 8949. */
function textsOf(body: Buffer): Record<string, string | string[]> {
  const found: Record<string, string | string[]> = {};
  let at = 0;
  const head = (): { major: number; value: number } => {
    const first = body[at++]!;
    const small = first & 31;
    if (small < 24) return { major: first >> 5, value: small };
    if (small === 31) return { major: first >> 5, value: Number.POSITIVE_INFINITY };
    const bytes = 1 << (small - 24);
    const value = bytes === 8 ? Number(body.readBigUInt64BE(at)) : body.readUIntBE(at, bytes);
    at += bytes;
    return { major: first >> 5, value };
  };
  const atEnd = () => {
    if (body[at] !== 0xff) return false;
    at++;
    return true;
  };
  const read = (): unknown => {
    const { major, value } = head();
    if (major === 2 || major === 3) {
      at += value;
      return body.subarray(at - value, at).toString();
    }
    if (major === 4) {
      const list: unknown[] = [];
      for (let i = 0; i < value && !(value === Number.POSITIVE_INFINITY && atEnd()); i++) list.push(read());
      return list;
    }
    if (major === 5) {
      const map: Record<string, unknown> = {};
      for (let i = 0; i < value && !(value === Number.POSITIVE_INFINITY && atEnd()); i++) map[String(read())] = read();
      return map;
    }
    return major === 6 ? read() : value;
  };
  for (const [key, value] of Object.entries((body.length === 0 ? {} : read()) as object)) {
    if (typeof value === 'string') found[key] = value;
    else if (Array.isArray(value)) found[key] = value.filter((each) => typeof each === 'string');
  }
  return found;
}

export const cloudwatchAccesses: Accesses = (request, target) => {
  const { operation, alarms, dashboards, isTagged, arn: given } = watched(request);
  const action = `cloudwatch:${operation}`;
  if (given !== undefined) return [{ action, resource: given }];
  if (operation === 'DescribeAlarms') return [{ action, resource: arn(target, 'cloudwatch', 'alarm:*') }];
  const resources = [
    ...alarms.map((each) => arn(target, 'cloudwatch', `alarm:${each}`)),
    ...dashboards.map((each) => `arn:aws:cloudwatch::${target.accountId}:dashboard/${each}`),
  ];
  const tagged = isTagged && operation.startsWith('Put') ? ['cloudwatch:TagResource'] : [];
  return (resources.length === 0 ? ['*'] : resources).flatMap((resource) =>
    [action, ...tagged].map((each) => ({ action: each, resource })),
  );
};

/** Looking at a budget and its subscribers is one action, changing them another. */
export const budgetsAccesses: Accesses = (request, { accountId }) => {
  const operation = targetOf(request)!;
  const call = jsonOf(request) as {
    BudgetName?: string;
    Budget?: { BudgetName: string };
    NewBudget?: { BudgetName: string };
    ResourceARN?: string;
    ResourceTags?: unknown[];
  };
  const name = call.BudgetName ?? call.Budget?.BudgetName ?? call.NewBudget?.BudgetName;
  const resource = call.ResourceARN ?? `arn:aws:budgets::${accountId}:budget/${name ?? '*'}`;
  if (/Resource$/.test(operation)) return [{ action: `budgets:${operation}`, resource }];
  return [
    { action: `budgets:${operation.startsWith('Describe') ? 'View' : 'Modify'}Budget`, resource },
    ...((call.ResourceTags?.length ?? 0) > 0 ? [{ action: 'budgets:TagResource', resource }] : []),
  ];
};
