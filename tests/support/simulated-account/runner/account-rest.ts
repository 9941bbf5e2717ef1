import { owner, region } from '../clients.ts';

/** Asks moto for what the project has no SDK client of. moto finds the service by the signature's scope and checks nothing else. */
export async function accountRest<T>(motoUrl: string, service: string, path: string): Promise<T> {
  const scope = `${owner.accessKeyId}/20260101/${region}/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
  const answer = await fetch(motoUrl + path, { headers: { authorization } });
  if (!answer.ok) throw new Error(`${service} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
