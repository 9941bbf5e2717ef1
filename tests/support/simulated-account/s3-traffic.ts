import type { S3Client } from '@aws-sdk/client-s3';

/** What crossed a client since `take` was last called. */
export interface Traffic {
  /** By name: `PutObject`. */
  requests: Record<string, number>;
  /** Bytes of objects, to S3 and from it. */
  sent: number;
  received: number;
  /** Values of x-amz-copy-source. */
  copied: string[];
}

const none = (): Traffic => ({ requests: {}, sent: 0, received: 0, copied: [] });

/** Counts what the client sends and gets from now on; a repeated request counts each time. */
export function s3Traffic(client: S3Client): { take(): Traffic } {
  let traffic = none();
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const { body, headers } = args.request as { body?: unknown; headers: Record<string, string> };
      const name = context.commandName!.replace(/Command$/, '');
      traffic.requests[name] = (traffic.requests[name] ?? 0) + 1;
      if (body instanceof Uint8Array) traffic.sent += body.length;
      if (headers['x-amz-copy-source'] !== undefined) traffic.copied.push(headers['x-amz-copy-source']);
      const result = await next(args);
      const answer = result.response as { headers: Record<string, string> };
      if (name === 'GetObject') traffic.received += Number(answer.headers['content-length']);
      return result;
    },
    { step: 'deserialize', name: 's3Traffic', priority: 'low' },
  );
  return {
    take() {
      const taken = traffic;
      traffic = none();
      return taken;
    },
  };
}
