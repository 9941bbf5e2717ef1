import { type ChildProcess, execFile, fork } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type FunctionConfiguration, GetFunctionCommand } from '@aws-sdk/client-lambda';
import { pythonWith } from '../../python-environment.ts';
import type { Authoriser } from '../authoriser/authoriser.ts';
import { type Clients, type Credentials, region } from '../clients.ts';
import { writesLog } from './function-log.ts';

const bootstrap = join(import.meta.dirname, 'bootstrap.mjs');

export interface FunctionError {
  errorType: string;
  errorMessage: string;
}

/** What one call of a function came to. */
export type Invocation = { payload: unknown } | { error: FunctionError };

export interface DeployedFunction extends AsyncDisposable {
  configuration: FunctionConfiguration;
  /** Of its role, as the runtime and the event source use them. */
  credentials: Credentials;
  /** The most memory that one of its processes had, in MB; more than it was given would end it on AWS. */
  readonly peakMb: number;
  /** `later`: ms by which it believes it to be later than it is. */
  invoke(event: unknown, later?: number): Promise<Invocation>;
  /** Ends its processes, whatever they do. */
  kill(): void;
}

export interface FunctionHost {
  clients: Clients;
  authoriser: Authoriser;
  /** For the code of functions. */
  folder: string;
  /** Hosts of AWS, and where they are in the simulated account. */
  origins?: ReadonlyMap<string, string>;
  /** ms that a call believes to have left, where it is not the function's timeout. */
  remainingMs?(name: string): number | undefined;
  /** ms since 1970 at which a function's clock stands, where it does not go. */
  clock?(name: string): number | undefined;
}

/** A function as the account has it: its code, variables, role, memory and time. */
export async function deployedFunction(
  name: string,
  { clients, authoriser, folder, origins = new Map(), remainingMs, clock }: FunctionHost,
): Promise<DeployedFunction> {
  const { Configuration, Code } = await clients.lambda.send(new GetFunctionCommand({ FunctionName: name }));
  const configuration = Configuration!;
  const code = await unpack(Code!.Location!, configuration.CodeSha256!, folder);
  const credentials = await authoriser.assume(configuration.Role!, 'lambda.amazonaws.com');
  const log = writesLog(configuration, authoriser.url, credentials);
  const idle: ChildProcess[] = [];
  const all = new Set<ChildProcess>();
  let peakMb = 0;

  const start = async (): Promise<ChildProcess> => {
    const child = fork(bootstrap, [], {
      execPath: process.execPath,
      execArgv: [],
      cwd: code,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...configuration.Environment?.Variables,
        ...{ AWS_REGION: region, AWS_DEFAULT_REGION: region, AWS_ENDPOINT_URL: authoriser.url },
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
        AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.Runtime}`,
        AWS_LAMBDA_FUNCTION_NAME: configuration.FunctionName,
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.MemorySize),
        AWS_LAMBDA_LOG_GROUP_NAME: log.group,
        // an authority of this machine's, as a test names it for what a function asks outside of AWS
        ...(process.env.NODE_EXTRA_CA_CERTS && { NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS }),
        RUNNER_PLACES: JSON.stringify([...origins]),
        LAMBDA_TASK_ROOT: code,
        _HANDLER: configuration.Handler,
        ...{ LANG: 'en_US.UTF-8', TZ: ':UTC', PATH: '/usr/local/bin:/usr/bin:/bin' },
      },
    });
    all.add(child);
    child.once('exit', () => all.delete(child));
    child.stdout!.on('data', log.write);
    child.stderr!.on('data', log.write);
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', (exit) => reject(new Error(`${name} ended with ${exit} while it was started`)));
    });
    return child;
  };

  const call = (child: ChildProcess, event: unknown, ahead: number): Promise<Invocation> =>
    new Promise((resolve) => {
      const timeoutMs = configuration.Timeout! * 1000;
      const requestId = randomUUID();
      const end = (result: Invocation) => {
        clearTimeout(timer);
        child.off('message', onMessage);
        child.off('exit', onExit);
        resolve(result);
      };
      const onMessage = (message: Invocation & { maxRssMb: number }) => {
        peakMb = Math.max(peakMb, message.maxRssMb);
        idle.push(child);
        end('error' in message ? { error: message.error } : { payload: message.payload });
      };
      const onExit = (exit: number | null, signal: string | null) => {
        const errorMessage = `RequestId: ${requestId} Error: Runtime exited with ${exit ?? signal}`;
        end({ error: { errorType: 'Runtime.ExitError', errorMessage } });
      };
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        const errorMessage = `${requestId} Task timed out after ${configuration.Timeout}.00 seconds`;
        end({ error: { errorType: 'Sandbox.Timedout', errorMessage } });
      }, timeoutMs);
      child.on('message', onMessage).on('exit', onExit);
      const context = {
        awsRequestId: requestId,
        functionName: configuration.FunctionName,
        functionVersion: '$LATEST',
        invokedFunctionArn: configuration.FunctionArn,
        memoryLimitInMB: String(configuration.MemorySize),
        logGroupName: log.group,
        logStreamName: log.stream,
      };
      child.send({ event, context, remainingMs: remainingMs?.(name) ?? timeoutMs, ahead, clock: clock?.(name) });
    });

  return {
    configuration,
    credentials,
    get peakMb() {
      return peakMb;
    },
    async invoke(event, later = 0) {
      let child = idle.pop();
      while (child !== undefined && (child.exitCode !== null || child.signalCode !== null)) child = idle.pop();
      return call(child ?? (await start()), event, later);
    },
    kill() {
      for (const child of all) child.kill('SIGKILL');
    },
    async [Symbol.asyncDispose]() {
      const ended = [...all].map((child) => new Promise((resolve) => child.once('close', resolve)));
      for (const child of all) child.kill('SIGKILL');
      await Promise.all(ended);
      await log[Symbol.asyncDispose]();
    },
  };
}

/** Downloads a function's code, checks that it is what was deployed, and unpacks it. */
async function unpack(location: string, sha256: string, folder: string): Promise<string> {
  const zip = Buffer.from(await (await fetch(location)).arrayBuffer());
  const actual = createHash('sha256').update(zip).digest('base64');
  if (actual !== sha256) throw new Error(`code of ${location} has the hash ${actual}, not ${sha256}`);
  const into = join(folder, `code-${actual.replaceAll(/\W/g, '-')}`);
  await mkdir(into, { recursive: true });
  const file = `${into}.zip`;
  await writeFile(file, zip);
  await promisify(execFile)(await pythonWith(), ['-m', 'zipfile', '-e', file, into]);
  return into;
}
