import { type Access, type AccountRegion, arn, formOf, jsonOf } from './access.ts';
import type { SignedRequest } from './signed-request.ts';

/* Requests to AWS Batch and to EC2's networks. Source: Service Authorization Reference, AWS Batch and Amazon EC2. */

const tagContext = (tags: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value]));

const passRole = (role: string | undefined): Access[] =>
  role === undefined
    ? []
    : [{ action: 'iam:PassRole', resource: role, context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } }];

interface BatchCall {
  computeEnvironmentName?: string;
  computeEnvironment?: string;
  jobQueueName?: string;
  jobQueue?: string;
  jobDefinitionName?: string;
  jobDefinition?: string;
  jobName?: string;
  jobId?: string;
  tags?: Record<string, string>;
  containerProperties?: { jobRoleArn?: string; executionRoleArn?: string };
}

/** Operations by their path, and what they are on; the others take no resource. */
const batchOperations: Readonly<
  Record<string, [operation: string, on?: (call: BatchCall) => [string, string | undefined][]]>
> = {
  createcomputeenvironment: [
    'CreateComputeEnvironment',
    (call) => [['compute-environment', call.computeEnvironmentName]],
  ],
  updatecomputeenvironment: ['UpdateComputeEnvironment', (call) => [['compute-environment', call.computeEnvironment]]],
  deletecomputeenvironment: ['DeleteComputeEnvironment', (call) => [['compute-environment', call.computeEnvironment]]],
  describecomputeenvironments: ['DescribeComputeEnvironments'],
  createjobqueue: ['CreateJobQueue', (call) => [['job-queue', call.jobQueueName]]],
  updatejobqueue: ['UpdateJobQueue', (call) => [['job-queue', call.jobQueue]]],
  deletejobqueue: ['DeleteJobQueue', (call) => [['job-queue', call.jobQueue]]],
  describejobqueues: ['DescribeJobQueues'],
  registerjobdefinition: ['RegisterJobDefinition', (call) => [['job-definition', call.jobDefinitionName]]],
  deregisterjobdefinition: ['DeregisterJobDefinition', (call) => [['job-definition', call.jobDefinition]]],
  describejobdefinitions: ['DescribeJobDefinitions'],
  submitjob: [
    'SubmitJob',
    (call) => [
      ['job-definition', call.jobDefinition],
      ['job-queue', call.jobQueue],
    ],
  ],
  listjobs: ['ListJobs'],
  describejobs: ['DescribeJobs'],
  terminatejob: ['TerminateJob', (call) => [['job', call.jobId]]],
};

const batchArn = (target: AccountRegion, kind: string, name: string): string =>
  name.startsWith('arn:') ? name : arn(target, 'batch', `${kind}/${name}`);

export function batchAccesses(request: SignedRequest, target: AccountRegion): Access[] {
  const { method, path } = request;
  const [, tagged] = /^\/v1\/tags\/(.+)$/.exec(path) ?? [];
  if (tagged !== undefined) {
    const operation = { GET: 'ListTagsForResource', POST: 'TagResource', DELETE: 'UntagResource' }[method];
    return [{ action: `batch:${operation}`, resource: decodeURIComponent(tagged) }];
  }
  const [operation, on] = batchOperations[path.split('/')[2] ?? ''] ?? [];
  if (operation === undefined) return [{ action: `batch:${method} ${path}`, resource: '*' }];
  if (on === undefined) return [{ action: `batch:${operation}`, resource: '*' }];
  const call = jsonOf(request) as BatchCall;
  const context = tagContext(call.tags ?? {});
  const resources = on(call).map(([kind, name = '*']) => batchArn(target, kind, name));
  const isTagged = call.tags !== undefined && operation !== 'SubmitJob';
  const revision = operation === 'RegisterJobDefinition' ? ':1' : ''; // Batch counts; a policy names none
  return [
    ...resources.map((resource) => ({ action: `batch:${operation}`, resource, context })),
    ...(isTagged ? [{ action: 'batch:TagResource', resource: resources[0]! + revision, context }] : []),
    ...passRole(call.containerProperties?.jobRoleArn),
    ...passRole(call.containerProperties?.executionRoleArn),
  ];
}

/** EC2's kinds of resource, by how their ids begin. */
const kinds: Readonly<Record<string, string>> = {
  igw: 'internet-gateway',
  rtb: 'route-table',
  rtbassoc: 'route-table-association', // judged by its table, which only the account knows
  sg: 'security-group',
  subnet: 'subnet',
  vpc: 'vpc',
  vpce: 'vpc-endpoint',
};
const ofId = (target: AccountRegion, id: string): string =>
  arn(target, 'ec2', `${kinds[id.slice(0, id.lastIndexOf('-'))] ?? 'unknown'}/${id}`);

/** What each operation makes. */
const made: Readonly<Record<string, string>> = {
  CreateInternetGateway: 'internet-gateway',
  CreateRouteTable: 'route-table',
  CreateSecurityGroup: 'security-group',
  CreateSubnet: 'subnet',
  CreateVpc: 'vpc',
  CreateVpcEndpoint: 'vpc-endpoint',
};

const idFields =
  /^(VpcId|RouteTableId|SubnetId|InternetGatewayId|GroupId|ResourceId|VpcEndpointId|AssociationId)(\.\d+)?$/;
const tagFields = /^(?:TagSpecification\.\d+\.)?Tag\.(\d+)\.(Key|Value)$/;

/** Operations that only read take no resource, but for this one. */
const isLook = (operation: string) => operation.startsWith('Describe') && operation !== 'DescribeVpcAttribute';

export function ec2Accesses(request: SignedRequest, target: AccountRegion): Access[] {
  const form = formOf(request);
  const operation = form.get('Action') ?? '';
  const action = `ec2:${operation}`;
  if (isLook(operation)) return [{ action, resource: '*' }];
  const tags: Record<string, Partial<Record<string, string>>> = {};
  for (const [field, value] of form) {
    const [, i, part] = tagFields.exec(field) ?? [];
    if (i !== undefined) tags[i] = { ...tags[i], [part!]: value };
  }
  const context = tagContext(Object.fromEntries(Object.values(tags).map(({ Key, Value }) => [Key!, Value ?? ''])));
  const ids = [...form].flatMap(([field, value]) => (idFields.test(field) ? [value] : []));
  const kind = made[operation];
  const fresh = kind === undefined ? [] : [arn(target, 'ec2', `${kind}/new`)];
  const resources = [...fresh, ...ids.map((id) => ofId(target, id))];
  const isTagged = kind !== undefined && Object.keys(tags).length > 0;
  return [
    ...resources.map((resource) => ({ action, resource, context })),
    ...(isTagged
      ? [{ action: 'ec2:CreateTags', resource: fresh[0]!, context: { ...context, 'ec2:CreateAction': operation } }]
      : []),
    ...(resources.length === 0 ? [{ action, resource: '*' }] : []),
  ];
}
