import type * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { mapValues } from '../functions/core/map-values.ts';
import { isFed, isScheduled, type Stage } from '../functions/stages/stage.ts';
import { sweep } from '../functions/stages/sweep/descriptor.ts';
import { billingParameter, brokerParameter } from '../policies/state-names.ts';
import { deploymentTag, stackTag } from '../policies/tagged-types.ts';
import { makeApi } from './api.ts';
import { builderNames } from './builder-names.ts';
import { BuildEvents } from './components/build-events.ts';
import { Fleet } from './components/fleet.ts';
import { signInOrigins } from './components/identity.ts';
import { ImageBuilder } from './components/image-builder.ts';
import { storeLargeCode } from './components/large-code.ts';
import { ModelEndpoint } from './components/model-endpoint.ts';
import { Monitoring } from './components/monitoring.ts';
import { ScheduledStage } from './components/scheduled-stage.ts';
import { StageWorker } from './components/stage-worker.ts';
import type { Ui } from './components/ui.ts';
import { concurrencyOf, fittingConcurrency } from './concurrency.ts';
import type { Config } from './config.ts';
import { allowPages, bucketsOf, type Data, makeData } from './data.ts';
import { deleteBeforeReplace } from './delete-before-replace.ts';
import { endpointNames } from './endpoint-names.ts';
import { stagesOf } from './features.ts';
import { fleetNames } from './fleet-names.ts';
import { configured } from './functions.ts';
import { keepNames } from './keep-names.ts';
import { deploymentId } from './naming.ts';
import type { DeclaredOutputs } from './outputs.ts';
import { makePage, type Web } from './page.ts';
import type { PartArgs } from './part-args.ts';
import { makePeople, type People } from './people.ts';
import { makeBroker, needsBroker } from './sign-in-broker.ts';
import { type AccountRegion, type StackContext, stackContext } from './stack-context.ts';
import type { StackResources } from './stack-resources.ts';
import { tagging } from './tags.ts';

export interface ServiceArgs {
  config: Config;
  stack: string;
  target: AccountRegion;
  /** Folder with one built function a name. */
  code: string;
  /** Folder of the built page. */
  page: string;
  /** labdeploy's own. */
  version: string;
  /** Default: those of functions/stages that the configuration's features have. */
  stages?: readonly Stage[];
}

/** The whole of one lab's service. What each stage is and may touch comes from its descriptor. */
export class Service extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;
  readonly outputs: DeclaredOutputs;

  constructor(name: string, args: ServiceArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const { config, stack, target, code, page, version } = args;
    const { stages = stagesOf(config) } = args;
    const tags = { [stackTag]: stack, [deploymentTag]: deploymentId({ ...target, baseName: config.baseName, stack }) };
    const transformations = [tagging(tags), deleteBeforeReplace, keepNames, ...(opts.transformations ?? [])];
    super('labdeploy:service:Service', name, {}, { ...opts, transformations });
    const childOpts = { parent: this };
    const names = stackContext(config, stack, target);
    const context = { ...names, largeCode: storeLargeCode(`${name}-code`, names, code, childOpts) };
    const part: PartArgs = { name, context, code, childOpts };
    const data = makeData(part, stages);
    const web = makePage(part, data, page);
    const people = makePeople(part, web.ui);
    allowPages(part, data, people.origins);
    const resources = resourcesOf(part.context, data, people, web.ui);
    const workers = makeStages(part, resources, stages);
    makeFleet(part, resources, workers);
    makeEndpoint(part, resources);
    const broker = makeBroker(part, resources, web);
    const api = makeApi(part, { resources, web, people, broker, version });
    const functions = {
      ...{ ...workers.functions, api: api.function.function },
      ...(broker !== undefined && { broker: broker.function.function }),
    };
    makeMonitoring(part, { data, web, dead: workers.dead, functions });
    const builder = makeBuilder(part, resources, functions);
    this.url = web.ui.origin;
    this.outputs = {
      ...outputsOf(part.context, { data, web, people, dead: workers.dead, functions }),
      ...(resources.fleet !== undefined && { machines: { logGroup: resources.fleet.logGroup } }),
      ...(builder !== undefined && {
        builds: { project: builder.project.name, repository: builder.repository.repositoryUrl },
      }),
    };
    this.registerOutputs(this.outputs);
  }
}

function resourcesOf(context: StackContext, data: Data, { identity }: People, ui: Ui): StackResources {
  const { mailFrom, noticeTopic, retentionDays, plans, billing } = context.config;
  return {
    ...data,
    fleet: fleetNames(context),
    endpoint: endpointNames(context),
    builder: builderNames(context, data.buckets.models!.bucket.bucket),
    userPoolArn: identity.pool.arn,
    mail: mailFrom === undefined ? undefined : { from: mailFrom, on: mailResources(context) },
    noticeTopic,
    broker: needsBroker(context.config) ? context.arn('ssm', `parameter${brokerParameter(context.stack)}`) : undefined,
    billing: billing ? context.arn('ssm', `parameter${billingParameter(context.stack)}`) : undefined,
    retentionDays,
    members: { userPoolId: identity.pool.id, plans },
    notices: {
      userPoolId: identity.pool.id,
      origin: ui.origin,
      ...(mailFrom !== undefined && { mailFrom }),
      ...(noticeTopic !== undefined && { topicArn: noticeTopic }),
    },
  };
}

interface Workers {
  /** By stage. */
  functions: Record<string, aws.lambda.Function>;
  /** Where nothing should ever be: dead letters by queue, and rounds of a schedule by stage. */
  dead: Record<string, aws.sqs.Queue>;
}

/** Every stage: its function, and what starts it. */
function makeStages(
  { name, context, code, childOpts }: PartArgs,
  resources: StackResources,
  stages: readonly Stage[],
): Workers {
  const { config } = context;
  const imagesAtOnce = fittingConcurrency(config.maximumConcurrency, config.functionsAtOnce, stages);
  const workers: Workers = { functions: {}, dead: {} };
  for (const stage of stages.map((each) => configured(each, config))) {
    const args = { context, resources, code };
    if (isFed(stage)) {
      const queue = resources.queues[stage.trigger.queue]!;
      const maximumConcurrency = concurrencyOf(stage, imagesAtOnce);
      const worker = new StageWorker(`${name}-${stage.name}`, { ...args, stage, queue, maximumConcurrency }, childOpts);
      workers.functions[stage.name] = worker.function.function;
      workers.dead[stage.trigger.queue] = queue.dead;
    } else if (isScheduled(stage)) {
      const scheduled = new ScheduledStage(`${name}-${stage.name}`, { ...args, stage }, childOpts);
      workers.functions[stage.name] = scheduled.function.function;
      workers.dead[stage.name] = scheduled.dead;
    }
  }
  return workers;
}

/** The machines for large images, where the configuration asks for them. */
function makeFleet({ name, context, childOpts }: PartArgs, resources: StackResources, { dead }: Workers): void {
  const { fleet: names, queues } = resources;
  if (names === undefined) return;
  new Fleet(`${name}-fleet`, { context, resources, names }, childOpts);
  dead.large = queues.large!.dead;
}

/** The model in a container that is kept ready, where the configuration asks for it. */
function makeEndpoint(
  { name, context, childOpts }: PartArgs,
  { endpoint: names, buckets, queues }: StackResources,
): void {
  if (names === undefined) return;
  const { bucket, arn } = buckets.results!;
  const results = { name: bucket.bucket, arn };
  new ModelEndpoint(`${name}-endpoint`, { context, names, results, answers: queues.answers! }, childOpts);
}

/** Only where the configuration asks for it. */
function makeBuilder(
  { name, context, childOpts }: PartArgs,
  { builder: names, buckets }: StackResources,
  functions: Workers['functions'],
): ImageBuilder | undefined {
  if (names === undefined) return undefined;
  const { bucket, arn } = buckets.models!;
  const sources = { name: bucket.bucket, arn };
  const builder = new ImageBuilder(`${name}-builds`, { context, names, bucket: sources }, childOpts);
  const { name: project } = builder.project;
  const follower = functions[sweep.name]!;
  new BuildEvents(`${name}-builds-events`, { context, project, bucket: sources.name, follower }, childOpts);
  return builder;
}

interface Monitored extends Workers {
  data: Data;
  web: Web;
}

function makeMonitoring({ name, context, childOpts }: PartArgs, { data, web, dead, functions }: Monitored): Monitoring {
  const queues = Object.fromEntries(Object.entries(data.queues).map(([part, { queue }]) => [part, queue]));
  return new Monitoring(`${name}-watch`, { context, queues, dead, functions, api: web.apiFront.api }, childOpts);
}

function outputsOf(
  context: StackContext,
  { data, web, people, dead, functions }: Monitored & { people: People },
): DeclaredOutputs {
  const { identity, clients } = people;
  return {
    url: web.ui.origin,
    apiUrl: web.apiFront.api.apiEndpoint,
    region: context.region,
    issuer: identity.issuer,
    signInUrl: signInOrigins(context).signInOrigin,
    userPoolId: identity.pool.id,
    clientIds: { page: clients.page.id, commandLine: clients.commandLine.id },
    buckets: Object.fromEntries(bucketsOf(data).map(([name, { bucket }]) => [name, bucket.bucket])),
    siteBucket: web.ui.site.bucket.bucket,
    distributionId: web.ui.distribution.id,
    ...(context.config.pageDomain !== undefined && { distributionDomain: web.ui.distribution.domainName }),
    table: data.table.table.name,
    queues: Object.fromEntries(Object.entries(data.queues).map(([part, { queue }]) => [part, queue.url])),
    deadLetters: mapValues(dead, ({ url }) => url),
    functions: mapValues(functions, (each) => each.name),
  };
}

/**
 * SES asks IAM about the sender's identity, in its sandbox about each recipient's too, and about the configuration set that
 * an identity has by default. All of them, then: who the sender may be is a condition.
 */
const mailResources = (context: StackContext): string[] =>
  ['identity/*', 'configuration-set/*'].map((resource) => context.arn('ses', resource));
