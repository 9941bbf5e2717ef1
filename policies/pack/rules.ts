import { stackTag, taggedTypes } from '../tagged-types.ts';

/** A resource as a program declares it, or as a preview plans it. */
export interface Planned {
  /** `aws:sqs/queue:Queue`. */
  type: string;
  name: string;
  props: Readonly<Record<string, unknown>>;
}

interface Violation {
  /** Name of the resource. */
  resource: string;
  message: string;
}

export interface Rule {
  name: string;
  /** What must hold, and why. */
  description: string;
  check(all: readonly Planned[]): Violation[];
}

interface PolicyStatement {
  Effect: string;
  Principal?: unknown;
  Action?: string | string[];
  NotAction?: unknown;
  Resource?: string | string[];
  NotResource?: unknown;
  Condition?: unknown;
}

const ofType = (all: readonly Planned[], ...types: string[]) => all.filter(({ type }) => types.includes(type));
const list = <T>(value: T | T[] | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** None where a preview does not know the document yet; it is judged when it does. */
function statementsOf(policy: unknown): PolicyStatement[] {
  if (typeof policy !== 'string' || !policy.startsWith('{')) return [];
  return list((JSON.parse(policy) as { Statement?: PolicyStatement | PolicyStatement[] }).Statement);
}

const allows = (policy: unknown) => statementsOf(policy).filter(({ Effect }) => Effect === 'Allow');
const isEverybody = (principal: unknown): boolean =>
  principal === '*' || list((principal as { AWS?: string | string[] } | undefined)?.AWS).includes('*');

/** Each resource that fails the test, with what it lacks. */
const failing = (resources: readonly Planned[], message: string, holds: (resource: Planned) => boolean): Violation[] =>
  resources.filter((resource) => !holds(resource)).map(({ name }) => ({ resource: name, message }));

const blocks = ['blockPublicAcls', 'blockPublicPolicy', 'ignorePublicAcls', 'restrictPublicBuckets'] as const;

const privateBuckets: Rule = {
  name: 'private-buckets',
  description: 'Every bucket blocks public access in all four ways, and no policy opens one to everybody.',
  check: (all) => [
    ...failing(ofType(all, 'aws:s3/bucket:Bucket'), 'its public access is not blocked', ({ props }) =>
      ofType(all, 'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock').some(
        (block) => block.props.bucket === props.bucket && blocks.every((each) => block.props[each] === true),
      ),
    ),
    ...failing(
      ofType(all, 'aws:s3/bucketPolicy:BucketPolicy', 'aws:sqs/queue:Queue', 'aws:sns/topicPolicy:TopicPolicy'),
      'its policy lets everybody in',
      ({ props }) => !allows(props.policy).some(({ Principal }) => isEverybody(Principal)),
    ),
  ],
};

const encryptedStores: Rule = {
  name: 'encrypted-stores',
  description:
    'Buckets and queues are encrypted where they lie, and refuse what comes without TLS. (Tables and logs always are.)',
  check: (all) => {
    const refusesPlain = (policy: unknown) =>
      statementsOf(policy).some(
        ({ Effect, Condition }) =>
          Effect === 'Deny' &&
          (Condition as { Bool?: Record<string, string> } | undefined)?.Bool?.['aws:SecureTransport'] === 'false',
      );
    const buckets = ofType(all, 'aws:s3/bucket:Bucket');
    const queues = ofType(all, 'aws:sqs/queue:Queue');
    return [
      ...failing(buckets, 'it says no encryption', ({ props }) =>
        ofType(all, 'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration').some(
          (encryption) => encryption.props.bucket === props.bucket,
        ),
      ),
      ...failing(buckets, 'it takes requests without TLS', ({ props }) =>
        ofType(all, 'aws:s3/bucketPolicy:BucketPolicy').some(
          (each) =>
            each.props.bucket === props.bucket && (isUnknown(each.props.policy) || refusesPlain(each.props.policy)),
        ),
      ),
      ...failing(
        queues,
        'it is not encrypted',
        ({ props }) => props.sqsManagedSseEnabled === true || typeof props.kmsMasterKeyId === 'string',
      ),
      ...failing(
        queues,
        'it takes requests without TLS',
        ({ props }) => isUnknown(props.policy) || refusesPlain(props.policy),
      ),
    ];
  },
};

/** As previews give what they do not know: absent from the events, or the engine's mark of the unknown. */
const isUnknown = (value: unknown): boolean => typeof value === 'string' && !value.startsWith('{');

/** Actions that have no resources which a statement could name (Service Authorization Reference). */
const withoutResources: ReadonlySet<string> = new Set([
  'batch:ListJobs',
  'ecr:GetAuthorizationToken',
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
]);

const narrowRoles: Rule = {
  name: 'narrow-roles',
  description: 'A role is allowed actions by name, on resources by name, and no policy of others is attached to it.',
  check: (all) => [
    ...ofType(all, 'aws:iam/rolePolicy:RolePolicy', 'aws:iam/policy:Policy').flatMap(({ name, props }) =>
      allows(props.policy).flatMap((statement) => {
        const actions = list(statement.Action);
        const wide = actions.filter((action) => action.includes('*'));
        const anything =
          list(statement.Resource).includes('*') && !actions.every((action) => withoutResources.has(action));
        return [
          ...wide.map((action) => ({ resource: name, message: `it allows the action ${action}` })),
          ...(anything ? [{ resource: name, message: `it allows ${actions.join(', ')} on every resource` }] : []),
          ...(statement.NotAction !== undefined || statement.NotResource !== undefined
            ? [{ resource: name, message: 'it allows all but what it names' }]
            : []),
        ];
      }),
    ),
    ...failing(
      ofType(all, 'aws:iam/role:Role'),
      'everybody may take it',
      ({ props }) => !allows(props.assumeRolePolicy).some(({ Principal }) => isEverybody(Principal)),
    ),
    ...failing(
      ofType(all, 'aws:iam/rolePolicyAttachment:RolePolicyAttachment'),
      'it attaches a policy that is not of this stack',
      () => false,
    ),
  ],
};

/** Once it is there, an event source has the ARN of its function instead of the name that it was given. */
const isNamed = (given: unknown, name: unknown): boolean =>
  given === name || String(given).endsWith(`:function:${String(name)}`);

/** A queue that is there has an empty text for what it has not. */
const hasText = (value: unknown): boolean => typeof value === 'string' && value !== '';

const deadLetters: Rule = {
  name: 'dead-letters',
  description:
    'What a function could not do is kept: its queue has dead letters, or it has them itself, or its caller waits for the answer.',
  check: (all) => {
    const sources = ofType(all, 'aws:lambda/eventSourceMapping:EventSourceMapping');
    const queues = ofType(all, 'aws:sqs/queue:Queue');
    const callers = ofType(all, 'aws:lambda/permission:Permission').filter(({ props }) =>
      ['apigateway.amazonaws.com', 'cognito-idp.amazonaws.com'].includes(String(props.principal)),
    );
    const hasRedrive = (arn: unknown) =>
      queues.some(({ props: { name, redrivePolicy } }) => String(arn).endsWith(`:${name}`) && hasText(redrivePolicy));
    return failing(ofType(all, 'aws:lambda/function:Function'), 'what it fails at is lost', ({ props }) => {
      const own = sources.filter((source) => isNamed(source.props.functionName, props.name));
      if (own.length > 0) return own.every((source) => hasRedrive(source.props.eventSourceArn));
      return props.deadLetterConfig !== undefined || callers.some((caller) => caller.props.function === props.name);
    });
  },
};

const endingLogs: Rule = {
  name: 'ending-logs',
  description: 'Every function has a log group of the stack, and every log group forgets.',
  check: (all) => {
    const groups = ofType(all, 'aws:cloudwatch/logGroup:LogGroup');
    return [
      ...failing(groups, 'it keeps logs for ever', ({ props }) => Number(props.retentionInDays) > 0),
      ...failing(ofType(all, 'aws:lambda/function:Function'), 'its log group is not of the stack', ({ props }) =>
        groups.some((group) => group.props.name === `/aws/lambda/${props.name}`),
      ),
    ];
  },
};

const taggedResources: Rule = {
  name: 'tagged-resources',
  description: `Everything that takes tags carries ${stackTag}, by which it is found when the stack goes.`,
  check: (all) => [
    ...failing(
      all.filter(({ type }) => taggedTypes[type] === true),
      `it lacks the tag ${stackTag}`,
      ({ props }) => typeof (props.tags as Record<string, unknown> | undefined)?.[stackTag] === 'string',
    ),
    ...failing(
      all.filter(({ type }) => type.startsWith('aws:')),
      'policies/tagged-types does not know its type',
      ({ type }) => taggedTypes[type] !== undefined,
    ),
  ],
};

/** What no stack may break. Pure: over what is planned, wherever that comes from. */
export const rules: readonly Rule[] = [
  privateBuckets,
  encryptedStores,
  narrowRoles,
  deadLetters,
  endingLogs,
  taggedResources,
];

/** Every violation of every rule: `private-buckets: labdeploy-site: its public access is not blocked`. */
export const violations = (all: readonly Planned[]): string[] =>
  rules.flatMap(({ name, check }) => check(all).map(({ resource, message }) => `${name}: ${resource}: ${message}`));
