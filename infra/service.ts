import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { QueueName } from '../functions/core/messages.ts';
import { type Bucket, buckets } from '../functions/core/object-keys.ts';
import type { NotifyEnvironment } from '../functions/stack/notify-environment.ts';
import { notifyVariable } from '../functions/stack/resource-variables.ts';
import { notify } from '../functions/stages/notify/descriptor.ts';
import { predict } from '../functions/stages/predict/descriptor.ts';
import type { Stage } from '../functions/stages/stage.ts';
import { sweep } from '../functions/stages/sweep/descriptor.ts';
import { unzip } from '../functions/stages/unzip/descriptor.ts';
import { zip } from '../functions/stages/zip/descriptor.ts';
import { deploymentTag, stackTag } from '../policies/tagged-types.ts';
import { Api, ApiFront } from './components/api.ts';
import { Identity, scopes, signInOrigins } from './components/identity.ts';
import { JobTable } from './components/job-table.ts';
import { storeLargeCode } from './components/large-code.ts';
import { Monitoring } from './components/monitoring.ts';
import { PrivateBucket } from './components/private-bucket.ts';
import { ScheduledStage } from './components/scheduled-stage.ts';
import { StageWorker, visibilitySeconds } from './components/stage-worker.ts';
import { Ui } from './components/ui.ts';
import { WorkQueue } from './components/work-queue.ts';
import { concurrencyOf, fittingConcurrency } from './concurrency.ts';
import type { Config } from './config.ts';
import { deleteBeforeReplace } from './delete-before-replace.ts';
import { keepNames } from './keep-names.ts';
import { deploymentId } from './naming.ts';
import { type AccountRegion, type StackContext, stackContext } from './stack-context.ts';
import type { StackResources } from './stack-resources.ts';
import { tagging } from './tags.ts';

export interface ServiceArgs {
  config: Config;
  stack: string;
  place: AccountRegion;
  /** Folder with one built function a name. */
  code: string;
  /** Folder of the built page. */
  page: string;
  /** labdeploy's own. */
  version: string;
  /** Default: all of functions/stages. */
  stages?: readonly Stage[];
}

export const allStages: readonly Stage[] = [unzip, predict, zip, notify, sweep];

/** Zips are kept until they are unpacked, and a week for whoever asks what was sent. */
const uploadsDays = 7;

/** The whole of one lab's service. What each stage is and may touch comes from its descriptor. */
export class Service extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;
  readonly outputs: Record<string, pulumi.Input<unknown>>;

  constructor(name: string, args: ServiceArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const { config, stack, place, code, page, version, stages = allStages } = args;
    const tags = { [stackTag]: stack, [deploymentTag]: deploymentId({ ...place, baseName: config.baseName, stack }) };
    const transformations = [tagging(tags), deleteBeforeReplace, keepNames, ...(opts.transformations ?? [])];
    super('labdeploy:service:Service', name, {}, { ...opts, transformations });
    const childOpts = { parent: this };
    const names = stackContext(config, stack, place);
    const context = { ...names, largeCode: storeLargeCode(`${name}-code`, names, code, childOpts) };
    const stores = makeBuckets(name, context, childOpts);
    const queues = makeQueues(name, context, stages, stores, childOpts);
    const { issuerOrigin, signInOrigin } = signInOrigins(context);
    const front = new ApiFront(`${name}-api-front`, { context }, childOpts);
    const ui = new Ui(
      `${name}-page`,
      {
        context,
        front,
        page,
        origins: {
          issuers: [issuerOrigin, signInOrigin],
          objects: buckets.map(
            (bucket) => pulumi.interpolate`https://${stores[bucket].bucket.bucketRegionalDomainName}`,
          ),
        },
      },
      childOpts,
    );
    const identity = new Identity(`${name}-people`, { context, code, page: ui.origin }, childOpts);
    const things: StackResources = {
      buckets: stores,
      queues,
      table: new JobTable(`${name}-jobs`, { context }, childOpts),
      userPoolArn: identity.pool.arn,
      mail: config.mailFrom === undefined ? undefined : { from: config.mailFrom, on: mailResources(context) },
      noticeTopic: config.noticeTopic,
      retentionDays: config.retentionDays,
    };
    const origins = [ui.origin, ...config.origins];
    allowPages(name, stores, origins, childOpts);
    const pageClient = identity.pageClient(origins);
    const commandLine = identity.commandLineClient();
    const notifyEnvironment: { [K in keyof NotifyEnvironment]: pulumi.Input<NotifyEnvironment[K]> } = {
      userPoolId: identity.pool.id,
      origin: ui.origin,
      ...(config.mailFrom !== undefined && { mailFrom: config.mailFrom }),
      ...(config.noticeTopic !== undefined && { topicArn: config.noticeTopic }),
    };
    const more: Record<string, Record<string, pulumi.Input<string>>> = {
      notify: { [notifyVariable]: pulumi.jsonStringify(notifyEnvironment) },
    };
    const fed = stages.flatMap((stage) => (stage.queue === undefined ? [] : [stage.name]));
    const imagesAtOnce = fittingConcurrency(config.maximumConcurrency, config.functionsAtOnce, fed);
    const functions: Record<string, aws.lambda.Function> = {};
    const dead: Record<string, aws.sqs.Queue> = {};
    for (const stage of stages) {
      const { queue, everySeconds } = stage;
      if (queue !== undefined) {
        const worker = new StageWorker(
          `${name}-${stage.name}`,
          {
            ...{ context, stage, things, code },
            queue: queues[queue],
            maximumConcurrency: concurrencyOf(stage.name, imagesAtOnce),
            isPolled: stage.notifies !== true || sendsNotices(config),
            environment: more[stage.name] ?? {},
            ...(stage.name === predict.name && { memoryMb: config.memory }),
          },
          childOpts,
        );
        functions[stage.name] = worker.function.function;
        dead[queue] = queues[queue].dead;
      } else if (everySeconds !== undefined) {
        const scheduled = new ScheduledStage(
          `${name}-${stage.name}`,
          { ...{ context, things, code }, stage: { ...stage, everySeconds } },
          childOpts,
        );
        functions[stage.name] = scheduled.function.function;
        dead[stage.name] = scheduled.dead;
      } else throw new RangeError(`nothing starts the stage ${stage.name}`);
    }
    const api = new Api(
      `${name}-api`,
      {
        ...{ context, front, things, code },
        issuer: identity.issuer,
        audiences: [pageClient.id, commandLine.id],
        environment: {
          version,
          signUp: config.signUp,
          issuer: identity.issuer,
          clientId: pageClient.id,
          cliClientId: commandLine.id,
          scopes,
          origins: pulumi.all(origins),
          plans: config.plans,
          publicLinks: config.publicLinks,
          retentionDays: config.retentionDays,
          inputDays: Math.min(config.inputDays, config.retentionDays),
        },
      },
      childOpts,
    );
    functions.api = api.function.function;
    new Monitoring(
      `${name}-watch`,
      {
        context,
        queues: Object.fromEntries(Object.entries(queues).map(([part, { queue }]) => [part, queue])),
        ...{ dead, functions },
        api: front.api,
      },
      childOpts,
    );
    this.url = ui.origin;
    this.outputs = {
      url: ui.origin,
      apiUrl: front.api.apiEndpoint,
      region: place.region,
      issuer: identity.issuer,
      signInUrl: signInOrigin,
      userPoolId: identity.pool.id,
      clientIds: { page: pageClient.id, commandLine: commandLine.id },
      buckets: Object.fromEntries(buckets.map((bucket) => [bucket, stores[bucket].bucket.bucket])),
      siteBucket: ui.site.bucket.bucket,
      distributionId: ui.distribution.id,
      table: things.table.table.name,
      queues: Object.fromEntries(Object.entries(queues).map(([part, { queue }]) => [part, queue.url])),
      deadLetters: Object.fromEntries(Object.entries(dead).map(([part, queue]) => [part, queue.url])),
      functions: Object.fromEntries(Object.entries(functions).map(([part, { name: each }]) => [part, each])),
    };
    this.registerOutputs(this.outputs);
  }
}

function makeBuckets(
  name: string,
  context: StackContext,
  childOpts: pulumi.ComponentResourceOptions,
): Record<Bucket, PrivateBucket> {
  const { retentionDays, inputDays } = context.config;
  const days: Record<Bucket, number> = {
    uploads: Math.min(uploadsDays, retentionDays),
    inputs: Math.min(inputDays, retentionDays),
    results: retentionDays,
    downloads: retentionDays,
  };
  const make = (part: Bucket) =>
    new PrivateBucket(`${name}-${part}`, { context, part, expireDays: days[part] }, childOpts);
  return { uploads: make('uploads'), inputs: make('inputs'), results: make('results'), downloads: make('downloads') };
}

/** Whether the end of a job is told to anybody: nobody looks at its queue otherwise, which has its price. */
const sendsNotices = ({ mailFrom, noticeTopic }: Config): boolean =>
  mailFrom !== undefined || noticeTopic !== undefined;
/** Seconds, the least that SQS has: what ended while no notices were sent is not told later. */
const leastRetention = 60;

/** One queue a stage; S3 announces new objects where a stage asks for it. */
function makeQueues(
  name: string,
  context: StackContext,
  stages: readonly Stage[],
  stores: Record<Bucket, PrivateBucket>,
  childOpts: pulumi.ComponentResourceOptions,
): Record<QueueName, WorkQueue> {
  const made: Partial<Record<QueueName, WorkQueue>> = {};
  for (const stage of stages) {
    const { queue: part, announced, attempts } = stage;
    if (part === undefined) continue;
    const bucket = announced === undefined ? undefined : stores[announced];
    const queue = new WorkQueue(
      `${name}-queue-${part}`,
      {
        ...{ context, part, attempts },
        visibilitySeconds: visibilitySeconds(stage),
        ...(stage.notifies === true && !sendsNotices(context.config) && { retentionSeconds: leastRetention }),
        ...(bucket !== undefined && { announces: bucket.arn }),
      },
      childOpts,
    );
    made[part] = queue;
    if (bucket === undefined) continue;
    new aws.s3.BucketNotification(
      `${name}-${announced}-announces`,
      {
        bucket: bucket.bucket.bucket,
        queues: [{ id: part, queueArn: queue.queue.arn, events: ['s3:ObjectCreated:*'] }],
      },
      childOpts,
    );
  }
  return made as Record<QueueName, WorkQueue>;
}

/** Browsers send images and fetch results directly, from these pages only. */
function allowPages(
  name: string,
  stores: Record<Bucket, PrivateBucket>,
  origins: pulumi.Input<string>[],
  childOpts: pulumi.CustomResourceOptions,
): void {
  const methods: Record<Bucket, string[]> = {
    uploads: ['PUT'],
    inputs: ['PUT'],
    results: ['GET', 'HEAD'],
    downloads: ['GET', 'HEAD'],
  };
  for (const bucket of buckets) {
    new aws.s3.BucketCorsConfiguration(
      `${name}-${bucket}-pages`,
      {
        bucket: stores[bucket].bucket.bucket,
        corsRules: [
          {
            id: 'pages',
            allowedOrigins: origins,
            allowedMethods: methods[bucket],
            allowedHeaders: ['*'],
            exposeHeaders: ['ETag'], // of a part, which completes its upload
            maxAgeSeconds: 3600,
          },
        ],
      },
      childOpts,
    );
  }
}

/**
 * SES asks IAM about the sender's identity, in its sandbox about each recipient's too, and about the configuration set that
 * an identity has by default. All of them, then: who the sender may be is a condition.
 */
const mailResources = (context: StackContext): string[] =>
  ['identity/*', 'configuration-set/*'].map((resource) => context.arn('ses', resource));
