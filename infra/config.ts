import { RunError } from '@pulumi/pulumi';
import { z } from 'zod';
import { galleries } from '../functions/core/features.ts';
import { archivingPlans, defaultPlans, type Plan } from '../functions/core/plans.ts';
import { isPlanName } from '../functions/identity/groups.ts';
import { plansSchema } from '../functions/stack/api-environment.ts';
import { nodeVersion } from '../functions/stack/node-version.ts';
import { domainName, signInWithSchema } from '../functions/stack/sign-in-with.ts';
import { predict } from '../functions/stages/predict/descriptor.ts';
import { cognitoMistakes } from './institutions.ts';

/** The API gets them in a function's variables, which are 4 KB together. */
const mostPlans = 8;

/**
 * 90 days of Glacier Flexible Retrieval are billed of every object: 0.0108 $/GB, as 14 days of S3 Standard are (0.0036 and
 * 0.023 $/GB a month in us-east-1, as pages of others than AWS gave them in 2026).
 */
const leastArchivedDays = 15;
/** Days that are billed of every archived object. Source: S3 user guide, storage classes: minimum storage duration. */
const billedDays = 90;

const firstRecipe = 'deface';

/** How long CloudWatch can keep a log, in days. */
const logDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731] as const;

const email = z.email('not an e-mail address');

export const configFields = z.strictObject({
  /** First word of every name. */
  baseName: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,29}$/, 'a lower case letter, then up to 29 lower case letters, digits or dashes')
    .default('labdeploy'),
  /** Name of a model package below models/, which is built into predict. */
  model: z.string().min(1).default('nuclei'),
  /** Days after which images and results of a job go. */
  retentionDays: z.int().min(1).max(3650).default(30),
  /** Days after which images that were sent go, where that is sooner: they are needed until their job has ended, and to retry it. */
  inputDays: z.int().min(1).max(3650).default(10),
  /** What each person may do, by name of the plan: jobs at once and a day, files, bytes, requests a second. */
  plans: plansSchema.default(defaultPlans),
  /** Results of people whose plan archives go to S3's Glacier Flexible Retrieval and come back with another plan; without `plans` there are the plans free and premium then. Needs `retentionDays` above 14. */
  archiving: z.boolean().default(false),
  /** A payment service says by signed events which plan a person has (docs/archive.md): its secret is a parameter of SSM. */
  billing: z.boolean().default(false),
  /** Who may make an account: whom an administrator invites, addresses of `allowedDomains`, or anybody. */
  signUp: z.enum(['invite', 'domains', 'open']).default('invite'),
  /** Domains of e-mail addresses whose owners may make an account, where `signUp` is `domains`. */
  allowedDomains: z.array(domainName).default([]),
  /** Institutions that people may sign in with by OpenID Connect, as docs/sign-in.md says. */
  signInWith: signInWithSchema.default([]),
  /** Codes of an authenticator app beside the password. */
  secondFactor: z.enum(['off', 'optional', 'required']).default('optional'),
  /** Cognito's first pages to sign in, or its newer ones in its own style. */
  signInPages: z.enum(['classic', 'managed']).default('classic'),
  /** Alarms and the budget's warnings go there; without it there are none. */
  alarmEmail: email.optional(),
  /** Graphs of queues, functions and requests in CloudWatch, for about 3 US dollars a month. */
  dashboard: z.boolean().default(false),
  /** US dollars a month, of the whole account. */
  monthlyBudget: z.number().positive().default(50),
  /** MB of predict; its share of processors grows with it, one each 1769 MB. */
  memory: z.int().min(1024).max(10_240).default(predict.memoryMb),
  /** Processors of every function; arm64 costs a fifth less a second. */
  architecture: z.enum(['x64', 'arm64']).default('x64'),
  /** Of every function. The older one is for regions, and for AWS plugins, that do not know the newer yet. */
  runtime: z.enum([`nodejs${nodeVersion}.x`, 'nodejs22.x']).default(`nodejs${nodeVersion}.x`),
  /** Images worked on at a time; with it the most that a minute can cost. Where an account may run few functions at once, `up` takes what fits. */
  maximumConcurrency: z.int().min(2).max(1000).default(20),
  /** Functions that the account may run at once; `up` writes it where `maximumConcurrency` does not fit, and fewer images are worked on at a time. */
  functionsAtOnce: z.int().min(1).optional(),
  /** Machines for images that are too large for a function, or take it too long: none, or `cpu`, on Fargate Spot. Unused they cost nothing. */
  large: z.enum(['off', 'cpu']).default('off'),
  /** What such a machine runs: an image of labdeploy's Dockerfile, as a registry calls it. */
  largeImage: z
    .string()
    .regex(/^[\w.-]+(:\d+)?(\/[\w.-]+)+([:@][\w.:-]+)?$/, 'not the name of an image')
    .optional(),
  /** The most such machines at a time. */
  largeMachines: z.int().min(1).max(100).default(4),
  /** US dollars a month that such machines may cost, by list prices without Spot's discount; then images wait for the next month. */
  largeMonthlyLimit: z.number().positive().default(20),
  /** People teach pixel classifiers with what they corrected, on the machines of `large`. Unused it costs less than 0.30 US dollars a month, for its queue that is looked at. */
  teach: z.enum(['off', 'pixels']).default('off'),
  /** What runs a model in a container that is kept ready: nothing, or an asynchronous endpoint of SageMaker, which ends its machine when nothing was asked for a quarter of an hour. */
  endpoint: z.enum(['off', 'sagemaker']).default('off'),
  /** What it runs: an image of ECR in this region, by its digest, as `labdeploy model build --stack` names it. */
  endpointImage: z
    .string()
    .regex(
      /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/[a-z0-9][\w./-]*@sha256:[0-9a-f]{64}$/,
      'not an image of ECR by its digest, ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME@sha256:...',
    )
    .optional(),
  /** Type of its machines, as SageMaker calls it; those with a graphics card are `ml.g4dn.xlarge` and larger. */
  endpointMachine: z
    .string()
    .regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, 'not a type of machine of SageMaker, as ml.m5.large')
    .default('ml.m5.large'),
  /** The most such machines at a time. */
  endpointMachines: z.int().min(1).max(20).default(1),
  /** Buckets, table and people cannot be deleted, not even with the stack, until it is off again. */
  protectData: z.boolean().default(false),
  /** Sender of mails that a job has ended: an address, or any address of a domain, that SES has verified. Without it no mail is sent. */
  mailFrom: email.optional(),
  /** ARN of an SNS topic of the account and region where the end of every job is published, for programs. */
  noticeTopic: z
    .string()
    .regex(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]{1,256}$/, 'not the ARN of a topic')
    .optional(),
  /** People may make links to their results that need no sign-in. */
  publicLinks: z.boolean().default(false),
  /** A wall where people publish pictures of their results (`figures`), for the lab or by an address for everybody; `people` adds photographs of people, with what those agreed to. Off again, its cards and pictures are gone. */
  gallery: z.enum(galleries).default('off'),
  /** Files of recipes for pictures of people, beside those that are shipped (docs/pictures.md), where `gallery` is `people`. */
  recipes: z.array(z.string().min(1)).default([]),
  /** The recipe of pictures that name none: those of pages that were written for the first picture services. */
  usualRecipe: z.string().min(1).default(firstRecipe),
  /** Addresses of containers that recipes name, by that name. */
  pictureContainers: z
    .record(z.string(), z.string().regex(/^https:\/\/[^\s@?#]+$/, 'not an address, as https://container.example'))
    .default({}),
  /** Host name of the page instead of CloudFront's, as `segment.lab.example`; needs `pageCertificate`, and a CNAME record of the lab's (docs/labs.md). */
  pageDomain: z
    .string()
    .regex(/^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'not a host name in lower case, as segment.lab.example')
    .optional(),
  /** ARN of a certificate for it, of ACM in us-east-1, the one region that CloudFront takes certificates of. */
  pageCertificate: z
    .string()
    .regex(/^arn:aws:acm:us-east-1:\d{12}:certificate\/[\w-]+$/, 'not the ARN of a certificate of ACM in us-east-1')
    .optional(),
  /** Other pages that may use the service beside its own, as `http://localhost:5173` of a developer of the page. */
  origins: z
    .array(
      z
        .string()
        .regex(
          /^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1)(:|$))[^/\s]*$/,
          'not an origin, as https://page.example',
        ),
    )
    .default([]),
  /** A builder of container images (CodeBuild) and a repository for them (ECR): `labdeploy model build --stack`, and models that are added with a Dockerfile. Unused it costs nothing. */
  containers: z.boolean().default(false),
  /** Days that logs of functions and of the API are kept. */
  logRetentionDays: z
    .int()
    .refine((days) => (logDays as readonly number[]).includes(days), `one of ${logDays.join(', ')}`)
    .default(30),
  /** Traces of requests in X-Ray. */
  tracing: z.boolean().default(false),
  /** ARN of the policy that bounds every role of the stack; bootstrap-iam makes it. */
  permissionsBoundary: z
    .string()
    .regex(/^arn:[a-z-]+:iam::\d{12}:policy\/.+$/, 'not the ARN of a policy')
    .optional(),
});

/** Key of a setting, what is wrong with it, and where below it. */
type Mistake = [key: keyof Config, message: string, ...below: string[]];

function archivingMistakes({ plans, archiving, retentionDays }: Config): Mistake[] {
  const mistakes = Object.entries(plans).flatMap(([name, plan]) => planMistakes(name, plan, archiving));
  if (archiving && retentionDays < leastArchivedDays)
    mistakes.push(['archiving', `costs more than it saves where retentionDays is below ${leastArchivedDays}`]);
  return mistakes;
}

function planMistakes(name: string, { archiveAfterSeconds, archiveDays }: Plan, archiving: boolean): Mistake[] {
  const archives = archiveAfterSeconds !== undefined;
  if (archives && !archiving) return [['plans', 'it archives, but archiving is off', name]];
  if (archiveDays === undefined) return [];
  if (!archives) return [['plans', 'given, but the plan does not archive', name, 'archiveDays']];
  const isShort = archiveDays < billedDays;
  return isShort ? [['plans', `below the ${billedDays} days that AWS bills`, name, 'archiveDays']] : [];
}

/** Settings of pictures of people, where there are none. */
function galleryMistakes({ gallery, ...config }: Config): Mistake[] {
  if (gallery === 'people') return [];
  const given: Partial<Record<keyof Config, boolean>> = {
    recipes: config.recipes.length > 0,
    usualRecipe: config.usualRecipe !== firstRecipe,
    pictureContainers: Object.keys(config.pictureContainers).length > 0,
  };
  const keys = Object.keys(given) as (keyof Config)[];
  return keys.filter((key) => given[key]).map((key) => [key, `given, but gallery is ${gallery}`]);
}

/** What runs an image has to be told which. */
function imageMistakes({ large, largeImage, teach, endpoint, endpointImage }: Config): Mistake[] {
  const mistakes: Mistake[] = [];
  if (teach !== 'off' && large === 'off') mistakes.push(['large', `off, but teach is ${teach}`]);
  if (large !== 'off' && largeImage === undefined) mistakes.push(['largeImage', `missing: large is ${large}`]);
  if (endpoint !== 'off' && endpointImage === undefined)
    mistakes.push(['endpointImage', `missing: endpoint is ${endpoint}`]);
  return mistakes;
}

/** CloudFront takes a name only with a certificate for it. */
function domainMistakes({ pageDomain, pageCertificate }: Config): Mistake[] {
  if (pageDomain !== undefined && pageCertificate === undefined)
    return [['pageCertificate', 'missing: pageDomain is given']];
  return pageDomain === undefined && pageCertificate !== undefined
    ? [['pageDomain', 'missing: pageCertificate is given']]
    : [];
}

const schema = configFields.superRefine((config, context) => {
  const { signUp, allowedDomains, signInWith, plans, noticeTopic, baseName } = config;
  const refuse = (key: keyof Config, message: string, ...below: (string | number)[]) =>
    context.addIssue({ code: 'custom', path: [key, ...below], message });
  for (const name of Object.keys(plans)) {
    if (!isPlanName(name)) refuse('plans', 'lower case letters, digits and dashes, at most 32', name);
  }
  const mistakes = [archivingMistakes, galleryMistakes, imageMistakes, domainMistakes].flatMap((of) => of(config));
  for (const [key, message, ...below] of mistakes) refuse(key, message, ...below);
  if (Object.keys(plans).length > mostPlans) refuse('plans', `at most ${mostPlans}`);
  signInWith.forEach((row, at) => {
    for (const [key, mistake] of Object.entries(cognitoMistakes(row))) refuse('signInWith', mistake, at, key);
  });
  if (signUp === 'domains' && allowedDomains.length === 0) refuse('allowedDomains', 'missing: signUp is domains');
  if (noticeTopic !== undefined && !noticeTopic.includes(`:${baseName}-`)) {
    refuse('noticeTopic', `its name must start with ${baseName}-: roles reach no other`);
  }
  if (signUp !== 'domains' && allowedDomains.length > 0) refuse('allowedDomains', `given, but signUp is ${signUp}`);
});

/** What a lab decides about its stack. */
export type Config = z.infer<typeof configFields>;

/** Every key of the namespace `labdeploy`. */
export const configKeys = Object.keys(configFields.shape) as (keyof Config)[];

/** The configuration is not good. The engine shows the message without a stack trace. */
export class ConfigError extends RunError {
  /** `labdeploy:retentionDays: …`, one a mistake. */
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.mistakes = mistakes;
  }
}

/** Reads the keys of the namespace `labdeploy`, as the engine gives them: texts, and JSON for all else. Throws ConfigError. */
export function readConfig(values: Readonly<Record<string, string>>): Config {
  const given = Object.entries(values).map(([key, text]) => [key, isText(key) ? text : parsed(text)]);
  const settings = Object.fromEntries(given);
  const plans = settings.archiving === true ? { plans: archivingPlans } : {};
  const { success, data, error } = schema.safeParse({ ...plans, ...settings });
  if (success) return data;
  throw new ConfigError(
    error.issues.flatMap((issue) => {
      if (issue.code === 'unrecognized_keys' && issue.path.length === 0)
        return issue.keys.map((key) => unknownKey(key));
      return [`labdeploy:${issue.path.join('.')}: ${issue.message}`];
    }),
  );
}

const unknownKey = (key: string): string => `labdeploy:${key}: no such setting; there are ${configKeys.join(', ')}`;

/** Whether a key's value is a text: one that looks like a number stays as it is written. */
function isText(key: string): boolean {
  const field = Object.hasOwn(configFields.shape, key) ? configFields.shape[key as keyof Config] : undefined;
  let type: z.core.$ZodType | undefined = field;
  while (type instanceof z.ZodDefault || type instanceof z.ZodOptional) type = type.def.innerType;
  return type instanceof z.ZodString || type instanceof z.ZodEmail || type instanceof z.ZodEnum;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // the schema says what it should have been
  }
}
