import { owner, region } from '../clients.ts';

/** Asks moto for what the project has no SDK client of. moto finds the service by the signature's scope and checks nothing else. */
export const accountRest = <T>(motoUrl: string, service: string, path: string): Promise<T> =>
  ask(motoUrl, service, { path });

/** The same of a service whose operations are named by a header: `AWSEvents.ListRules`. */
export const accountCall = <T>(motoUrl: string, service: string, operation: string, call: object): Promise<T> =>
  ask(motoUrl, service, {
    ...{ path: '/', method: 'POST', body: JSON.stringify(call) },
    headers: { 'x-amz-target': operation, 'content-type': 'application/x-amz-json-1.1' },
  });

async function ask<T>(
  motoUrl: string,
  service: string,
  { path, headers, ...request }: { path: string; headers?: Record<string, string>; method?: string; body?: string },
): Promise<T> {
  const scope = `${owner.accessKeyId}/20260101/${region}/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
  const answer = await fetch(motoUrl + path, { ...request, headers: { ...headers, authorization } });
  if (!answer.ok) throw new Error(`${service} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
