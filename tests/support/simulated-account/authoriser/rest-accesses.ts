import { type Access, type AccountRegion, arn, jsonOf } from './access.ts';
import { queryPairs, type SignedRequest } from './signed-request.ts';

type Accesses = (request: SignedRequest, target: AccountRegion) => Access[];

/** Method and path of a request, with the parts in brackets taken out, and what it does. */
type Route = readonly [
  method: string,
  path: RegExp,
  accesses: (part: string, request: SignedRequest, target: AccountRegion) => Access[],
];

/** What IAM has no action for: the owner may do it, and nobody else is judged by it. */
const unknown = (service: string, { method, path }: SignedRequest): Access[] => [
  { action: `${service}:${method} ${path}`, resource: '*' },
];

/** The first route that fits. */
const routed =
  (service: string, routes: readonly Route[]): Accesses =>
  (request, target) => {
    for (const [method, path, accesses] of routes) {
      const match = method === request.method ? path.exec(request.path) : null;
      if (match !== null) return accesses(decodeURIComponent(match[1] ?? ''), request, target);
    }
    return unknown(service, request);
  };

/** Who gives a role to a service must be allowed to, if the request names one. */
const passRole = (role: string | undefined, service: string): Access[] =>
  role === undefined
    ? []
    : [{ action: 'iam:PassRole', resource: role, context: { 'iam:PassedToService': `${service}.amazonaws.com` } }];

const functionArn = (target: AccountRegion, name: string): string =>
  name.startsWith('arn:') ? name : arn(target, 'lambda', `function:${name}`);

const onFunction =
  (operation: string): Route[2] =>
  (name, _request, target) => [{ action: `lambda:${operation}`, resource: functionArn(target, name) }];

const onMapping =
  (operation: string): Route[2] =>
  (id, _request, target) => [
    { action: `lambda:${operation}`, resource: arn(target, 'lambda', `event-source-mapping:${id}`) },
  ];

/** Things that are made with tags are tagged. */
const tagsToo = (tags: unknown, action: string, resource: string): Access[] =>
  tags !== undefined && tags !== null && Object.keys(tags).length > 0 ? [{ action, resource }] : [];

const name = '([^/]+)';
const lambdaRoutes: readonly Route[] = [
  [
    'POST',
    /^\/2015-03-31\/functions\/?$/,
    (_, request, target) => {
      const call = jsonOf(request) as { FunctionName: string; Role?: string; Tags?: object };
      const resource = functionArn(target, call.FunctionName);
      return [
        { action: 'lambda:CreateFunction', resource },
        ...tagsToo(call.Tags, 'lambda:TagResource', resource),
        ...passRole(call.Role, 'lambda'),
      ];
    },
  ],
  ['GET', /^\/2015-03-31\/functions\/?$/, () => [{ action: 'lambda:ListFunctions', resource: '*' }]],
  ['GET', RegExp(`^/2015-03-31/functions/${name}$`), onFunction('GetFunction')],
  ['DELETE', RegExp(`^/2015-03-31/functions/${name}$`), onFunction('DeleteFunction')],
  ['GET', RegExp(`^/2015-03-31/functions/${name}/configuration$`), onFunction('GetFunctionConfiguration')],
  [
    'PUT',
    RegExp(`^/2015-03-31/functions/${name}/configuration$`),
    (part, request, target) => [
      { action: 'lambda:UpdateFunctionConfiguration', resource: functionArn(target, part) },
      ...passRole((jsonOf(request) as { Role?: string }).Role, 'lambda'),
    ],
  ],
  ['PUT', RegExp(`^/2015-03-31/functions/${name}/code$`), onFunction('UpdateFunctionCode')],
  ['GET', RegExp(`^/2015-03-31/functions/${name}/versions$`), onFunction('ListVersionsByFunction')],
  ['POST', RegExp(`^/2015-03-31/functions/${name}/policy$`), onFunction('AddPermission')],
  ['GET', RegExp(`^/2015-03-31/functions/${name}/policy$`), onFunction('GetPolicy')],
  ['DELETE', RegExp(`^/2015-03-31/functions/${name}/policy/`), onFunction('RemovePermission')],
  ['POST', RegExp(`^/2015-03-31/functions/${name}/invocations$`), onFunction('InvokeFunction')],
  ['GET', RegExp(`^/2020-06-30/functions/${name}/code-signing-config$`), onFunction('GetFunctionCodeSigningConfig')],
  ['GET', RegExp(`^/2019-09-25/functions/${name}/event-invoke-config$`), onFunction('GetFunctionEventInvokeConfig')],
  ['PUT', RegExp(`^/2019-09-25/functions/${name}/event-invoke-config$`), onFunction('PutFunctionEventInvokeConfig')],
  [
    'POST',
    RegExp(`^/2019-09-25/functions/${name}/event-invoke-config$`),
    onFunction('UpdateFunctionEventInvokeConfig'),
  ],
  [
    'DELETE',
    RegExp(`^/2019-09-25/functions/${name}/event-invoke-config$`),
    onFunction('DeleteFunctionEventInvokeConfig'),
  ],
  ['GET', RegExp(`^/2017-10-31/functions/${name}/concurrency$`), onFunction('GetFunctionConcurrency')],
  ['GET', RegExp(`^/2019-09-30/functions/${name}/concurrency$`), onFunction('GetFunctionConcurrency')],
  ['PUT', RegExp(`^/2017-10-31/functions/${name}/concurrency$`), onFunction('PutFunctionConcurrency')],
  ['DELETE', RegExp(`^/2017-10-31/functions/${name}/concurrency$`), onFunction('DeleteFunctionConcurrency')],
  [
    'POST',
    /^\/2015-03-31\/event-source-mappings\/?$/,
    (_, request, target) => {
      const call = jsonOf(request) as { FunctionName: string; Tags?: object };
      const context = { 'lambda:FunctionArn': functionArn(target, call.FunctionName) };
      return [
        { action: 'lambda:CreateEventSourceMapping', resource: '*', context },
        ...tagsToo(call.Tags, 'lambda:TagResource', arn(target, 'lambda', 'event-source-mapping:new')),
      ];
    },
  ],
  [
    'GET',
    /^\/2015-03-31\/event-source-mappings\/?$/,
    () => [{ action: 'lambda:ListEventSourceMappings', resource: '*' }],
  ],
  ['GET', RegExp(`^/2015-03-31/event-source-mappings/${name}$`), onMapping('GetEventSourceMapping')],
  ['PUT', RegExp(`^/2015-03-31/event-source-mappings/${name}$`), onMapping('UpdateEventSourceMapping')],
  ['DELETE', RegExp(`^/2015-03-31/event-source-mappings/${name}$`), onMapping('DeleteEventSourceMapping')],
  ['GET', /^\/2017-03-31\/tags\/(.+)$/, onFunction('ListTags')],
  ['POST', /^\/2017-03-31\/tags\/(.+)$/, onFunction('TagResource')],
  ['DELETE', /^\/2017-03-31\/tags\/(.+)$/, onFunction('UntagResource')],
  ['GET', /^\/2016-08-19\/account-settings\/?$/, () => [{ action: 'lambda:GetAccountSettings', resource: '*' }]],
];
export const lambdaAccesses = routed('lambda', lambdaRoutes);

/** CloudFront's ARNs have no region. */
const edge = ({ accountId }: AccountRegion, resource: string): string => `arn:aws:cloudfront::${accountId}:${resource}`;

const onEdge =
  (operation: string, kind: string): Route[2] =>
  (id, _request, target) => [{ action: `cloudfront:${operation}`, resource: edge(target, `${kind}/${id}`) }];
const onAll =
  (operation: string): Route[2] =>
  () => [{ action: `cloudfront:${operation}`, resource: '*' }];

/** The requests about one kind of thing of which CloudFront makes up the id. */
const kindRoutes = (kind: string, Name: string, List: string, changedAt = '/config'): Route[] => [
  ['GET', RegExp(`^/2020-05-31/${kind}$`), onAll(List)],
  ['GET', RegExp(`^/2020-05-31/${kind}/${name}$`), onEdge(`Get${Name}`, kind)],
  ['GET', RegExp(`^/2020-05-31/${kind}/${name}/config$`), onEdge(`Get${Name}Config`, kind)],
  ['PUT', RegExp(`^/2020-05-31/${kind}/${name}${changedAt}$`), onEdge(`Update${Name}`, kind)],
  ['DELETE', RegExp(`^/2020-05-31/${kind}/${name}$`), onEdge(`Delete${Name}`, kind)],
];
const cloudfrontRoutes: readonly Route[] = [
  [
    'POST',
    /^\/2020-05-31\/distribution$/,
    (_, { query, body }, target) => {
      const tags = [...body.toString().matchAll(/<Tag>\s*<Key>(.*?)<\/Key>\s*<Value>(.*?)<\/Value>/gs)];
      const context = Object.fromEntries(tags.map(([, key, value]) => [`aws:RequestTag/${key}`, value!]));
      const tagged = query.includes('WithTags') ? tags : [];
      return [
        { action: 'cloudfront:CreateDistribution', resource: '*', context },
        ...tagsToo(tagged, 'cloudfront:TagResource', edge(target, 'distribution/new')),
      ];
    },
  ],
  ...kindRoutes('distribution', 'Distribution', 'ListDistributions'),
  ['POST', /^\/2020-05-31\/origin-access-control$/, onAll('CreateOriginAccessControl')],
  ...kindRoutes('origin-access-control', 'OriginAccessControl', 'ListOriginAccessControls'),
  ['POST', /^\/2020-05-31\/response-headers-policy$/, onAll('CreateResponseHeadersPolicy')],
  ...kindRoutes('response-headers-policy', 'ResponseHeadersPolicy', 'ListResponseHeadersPolicies', ''),
  ['POST', /^\/2020-05-31\/function$/, onAll('CreateFunction')],
  ['GET', RegExp(`^/2020-05-31/function/${name}$`), onEdge('GetFunction', 'function')],
  ['PUT', RegExp(`^/2020-05-31/function/${name}$`), onEdge('UpdateFunction', 'function')],
  ['DELETE', RegExp(`^/2020-05-31/function/${name}$`), onEdge('DeleteFunction', 'function')],
  ['GET', RegExp(`^/2020-05-31/function/${name}/describe$`), onEdge('DescribeFunction', 'function')],
  ['POST', RegExp(`^/2020-05-31/function/${name}/publish$`), onEdge('PublishFunction', 'function')],
  [
    'GET',
    /^\/2020-05-31\/tagging$/,
    (_, { query }) => [
      { action: 'cloudfront:ListTagsForResource', resource: new Map(queryPairs(query)).get('Resource')! },
    ],
  ],
  [
    'POST',
    /^\/2020-05-31\/tagging$/,
    (_, { query }) => {
      const asked = new Map(queryPairs(query));
      return [{ action: `cloudfront:${asked.get('Operation')}Resource`, resource: asked.get('Resource')! }];
    },
  ],
];
export const cloudfrontAccesses = routed('cloudfront', cloudfrontRoutes);

/** API Gateway's actions are the methods of HTTP, its ARNs the paths. */
export const apiGatewayAccesses: Accesses = (request, { region }) => {
  const { method, path } = request;
  const { tags = {} } = method === 'POST' && request.body.length > 0 ? (jsonOf(request) as { tags?: object }) : {};
  const context = Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value]));
  return [
    { action: `apigateway:${method}`, resource: `arn:aws:apigateway:${region}::${path.replace(/^\/v2/, '')}`, context },
  ];
};

const scheduleOperations: Record<string, string> = {
  POST: 'CreateSchedule',
  GET: 'GetSchedule',
  PUT: 'UpdateSchedule',
  DELETE: 'DeleteSchedule',
};
export const schedulerAccesses: Accesses = (request, target) => {
  const [, schedule] = /^\/schedules\/([^/]+)$/.exec(request.path) ?? [];
  const operation = scheduleOperations[request.method];
  if (schedule === undefined || operation === undefined) return unknown('scheduler', request);
  const call = request.body.length === 0 ? {} : jsonOf(request);
  const { Target, GroupName } = call as { Target?: { RoleArn?: string }; GroupName?: string };
  const group = GroupName ?? new Map(queryPairs(request.query)).get('groupName') ?? 'default';
  return [
    { action: `scheduler:${operation}`, resource: arn(target, 'scheduler', `schedule/${group}/${schedule}`) },
    ...passRole(Target?.RoleArn, 'scheduler'),
  ];
};

export const sesRestAccesses = routed('ses', [
  ['GET', /^\/v2\/email\/account$/, () => [{ action: 'ses:GetAccount', resource: '*' }]],
]);
