import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CreateEmailIdentityCommand } from '@aws-sdk/client-sesv2';
import { serviceClient } from '../../../cli/client/service-client.ts';
import type { QueueName } from '../../../functions/core/messages.ts';
import type { Bucket } from '../../../functions/core/object-keys.ts';
import { buildFunctions, buildPage } from '../built.ts';
import { type Authoriser, startAuthoriser } from './authoriser/authoriser.ts';
import { type Clients, clientsFor, region } from './clients.ts';
import { type Deployed, type DeployRequest, openStack, type Stack } from './deploy.ts';
import type { Engine } from './engine.ts';
import { type Moto, startMoto } from './moto.ts';
import { signIn } from './people.ts';
import { type Front, openFront, type Runner, startRunner } from './runner/runner.ts';

/** Outputs of the stack (infra/service). */
export interface ServiceOutputs {
  url: string;
  apiUrl: string;
  issuer: string;
  signInUrl: string;
  userPoolId: string;
  clientIds: { page: string; commandLine: string };
  buckets: Record<Bucket, string>;
  siteBucket: string;
  distributionId: string;
  table: string;
  queues: Record<QueueName, string>;
  deadLetters: Record<QueueName | 'sweep', string>;
  functions: Record<string, string>;
  /** Only where the setting `containers` is on. */
  builds: { project: string; repository: string };
}

/** A person of the lab with the client of the command line. */
export type Person = ReturnType<typeof serviceClient> & { token: string };

export interface SimulatedService extends AsyncDisposable {
  moto: Moto;
  authoriser: Authoriser;
  stack: Stack;
  runner: Runner;
  outputs: ServiceOutputs;
  /** What the first `up` did. */
  deployed: Deployed;
  /** The owner's. */
  clients: Clients;
  /** Of the page and the API. */
  url: string;
  /** With an account of their own. */
  person(name: string, group?: string): Promise<Person>;
}

const root = resolve(import.meta.dirname, '../../..');
const program = pathToFileURL(join(root, 'infra/program.ts')).href;

/** Builds labdeploy, deploys it to an empty account by the real engine, and runs it there. Takes two minutes. */
export async function deployService(engine: Engine, config: DeployRequest['config'] = {}): Promise<SimulatedService> {
  await buildFunctions();
  await buildPage();
  await using made = new AsyncDisposableStack();
  const moto = made.use(await startMoto());
  const authoriser = made.use(await startAuthoriser(moto.url));
  const clients = clientsFor(moto.url);
  if (typeof config.mailFrom === 'string')
    // the lab has shown SES that the domain is its own
    await clients.ses.send(new CreateEmailIdentityCommand({ EmailIdentity: config.mailFrom.split('@')[1] }));
  const front = await openFront();
  made.defer(() => front.close());
  const stack = made.use(
    await openStack(engine, {
      ...{ url: authoriser.url, program, project: 'labdeploy', stack: 'test' },
      policyPack: join(root, 'policies/pack'),
    }),
  );
  const own = Object.entries({ origins: JSON.stringify([front.url]), runtime: 'nodejs22.x', ...config });
  const deployed = await stack.run('up', Object.fromEntries(own.map(([key, value]) => [`labdeploy:${key}`, value])));
  const outputs = deployed.outputs as unknown as ServiceOutputs;
  const { runner, person } = await serveStack(outputs, { moto, authoriser, front });
  made.use(runner);
  const rest = made.move();
  return {
    ...{ moto, authoriser, stack, runner, outputs, deployed, clients },
    url: front.url,
    person,
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

/** Runs what is deployed, and its page at `front`. */
export async function serveStack(
  outputs: ServiceOutputs,
  { moto, authoriser, front }: { moto: Moto; authoriser: Authoriser; front: Front },
): Promise<Pick<SimulatedService, 'runner' | 'person'>> {
  const origins = new Map([
    [new URL(outputs.issuer).origin, authoriser.url],
    [outputs.signInUrl, authoriser.url],
    ...Object.values(outputs.buckets).map(
      (name) => [`https://${name}.s3.${region}.amazonaws.com`, authoriser.url] as const,
    ),
  ]);
  const apiHost = new URL(outputs.apiUrl).host;
  const runner = await startRunner({
    ...{ moto, authoriser, front, origins },
    distributionId: outputs.distributionId,
    apis: new Map([[apiHost, apiHost.split('.')[0]!]]),
  });
  return {
    runner,
    async person(name, group) {
      const token = await signIn(clientsFor(moto.url), {
        userPoolId: outputs.userPoolId,
        clientId: outputs.clientIds.page,
        email: `${name}@lab.example`,
        ...(group !== undefined && { group }),
      });
      const { signal } = new AbortController();
      return { ...serviceClient(front.url, async () => token, signal), token };
    },
  };
}
