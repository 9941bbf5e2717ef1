import { CloudWatchLogsClient, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { type Credentials, clientSettings } from '../clients.ts';

export interface FunctionLog extends AsyncDisposable {
  group: string;
  stream: string;
  write(chunk: Buffer): void;
}

/** Keeps what a function prints in its log group, with the rights of its role, as Lambda does. A refusal fails the disposal. */
export function writesLog(
  { LoggingConfig, FunctionName }: Pick<FunctionConfiguration, 'LoggingConfig' | 'FunctionName'>,
  url: string,
  credentials: Credentials,
): FunctionLog {
  const client = new CloudWatchLogsClient(clientSettings(url, credentials));
  const group = LoggingConfig?.LogGroup ?? `/aws/lambda/${FunctionName}`;
  const stream = `runner/${process.hrtime.bigint()}`;
  const target = { logGroupName: group, logStreamName: stream };
  let waiting: string[] = [];
  let open: Promise<unknown> | undefined;
  let written: Promise<unknown> = Promise.resolve();
  const flush = async () => {
    open ??= client.send(new CreateLogStreamCommand(target));
    await open;
    const logEvents = waiting.map((message) => ({ timestamp: Date.now(), message }));
    waiting = [];
    if (logEvents.length > 0) await client.send(new PutLogEventsCommand({ ...target, logEvents }));
  };
  return {
    group,
    stream,
    write(chunk) {
      const lines = chunk
        .toString()
        .split('\n')
        .filter((line) => line !== '');
      waiting.push(...lines);
      if (waiting.length === lines.length) written = written.then(flush);
      written.catch(() => {}); // told at the end
    },
    async [Symbol.asyncDispose]() {
      await written;
      client.destroy();
    },
  };
}
