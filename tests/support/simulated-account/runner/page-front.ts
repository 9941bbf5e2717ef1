import type { ServerResponse } from 'node:http';
import { runInNewContext } from 'node:vm';
import {
  type CacheBehavior,
  CloudFrontClient,
  type DefaultCacheBehavior,
  GetDistributionCommand,
  GetFunctionCommand,
  GetResponseHeadersPolicyCommand,
  type ResponseHeadersPolicyConfig,
} from '@aws-sdk/client-cloudfront';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { Authoriser } from '../authoriser/authoriser.ts';
import { type Clients, clientSettings } from '../clients.ts';
import type { Handler } from './api-front.ts';

export interface PageFrontArgs {
  motoUrl: string;
  clients: Clients;
  authoriser: Authoriser;
  /** By the host name of an API. */
  apis: ReadonlyMap<string, Handler>;
  /** Hosts of AWS in the page's policy, and where they are in the simulated account. */
  origins: ReadonlyMap<string, string>;
}

/** Pattern of a path as behaviours write it. */
const matches = (pattern: string, path: string): boolean =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(path);

/** What a distribution serves: behaviours in their order, its function, the bucket by its access control, and its headers. */
export async function pageFront(distributionId: string, args: PageFrontArgs): Promise<Handler> {
  const { motoUrl, clients, authoriser, apis, origins } = args;
  const cloudfront = new CloudFrontClient(clientSettings(motoUrl));
  const { Distribution } = await cloudfront.send(new GetDistributionCommand({ Id: distributionId }));
  const { ARN, DistributionConfig } = Distribution!;
  const originsById = new Map((DistributionConfig!.Origins!.Items ?? []).map((origin) => [origin.Id, origin]));
  const behaviours = DistributionConfig!.CacheBehaviors?.Items ?? [];

  const headersOf = async ({ ResponseHeadersPolicyId: Id }: DefaultCacheBehavior | CacheBehavior) => {
    if (Id === undefined) return {};
    const { ResponseHeadersPolicy } = await cloudfront.send(new GetResponseHeadersPolicyCommand({ Id }));
    return responseHeaders(ResponseHeadersPolicy!.ResponseHeadersPolicyConfig!, origins);
  };
  const rewriteOf = async ({ FunctionAssociations }: DefaultCacheBehavior | CacheBehavior) => {
    const association = FunctionAssociations?.Items?.find(({ EventType }) => EventType === 'viewer-request');
    if (association === undefined) return (uri: string) => uri;
    const Name = association.FunctionARN!.split('/').at(-1)!;
    const { FunctionCode } = await cloudfront.send(new GetFunctionCommand({ Name, Stage: 'LIVE' }));
    const code = `${Buffer.from(FunctionCode!).toString()}; handler(event).uri`;
    return (uri: string) => runInNewContext(code, { event: { request: { method: 'GET', uri } } }) as string;
  };
  const headers = await headersOf(DistributionConfig!.DefaultCacheBehavior!);
  const rewrite = await rewriteOf(DistributionConfig!.DefaultCacheBehavior!);

  const fromBucket = async (bucket: string, uri: string, response: ServerResponse): Promise<void> => {
    const Key = decodeURIComponent(uri.slice(1)) || DistributionConfig!.DefaultRootObject!;
    const decision = await authoriser.judge('cloudfront.amazonaws.com', {
      action: 's3:GetObject',
      resource: `arn:aws:s3:::${bucket}/${Key}`,
      context: { 'aws:SourceArn': ARN!, 'aws:SecureTransport': 'true' },
    });
    const found = decision.allowed
      ? await clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key })).catch((error: Error) => {
          if (error.name === 'NoSuchKey') return undefined;
          throw error;
        })
      : undefined;
    if (found === undefined) {
      response.writeHead(403, { ...headers, 'content-type': 'application/xml' }); // who may not list is not told what is missing
      response.end('<Error><Code>AccessDenied</Code></Error>');
      return;
    }
    const body = Buffer.from(await found.Body!.transformToByteArray());
    response.writeHead(200, {
      ...headers,
      'content-type': found.ContentType!,
      ...(found.CacheControl !== undefined && { 'cache-control': found.CacheControl }),
    });
    response.end(body);
  };

  return async (request, response) => {
    const path = request.url!.split('?')[0]!;
    const behaviour = behaviours.find(({ PathPattern }) => matches(PathPattern!, path));
    const { DomainName = '' } =
      originsById.get((behaviour ?? DistributionConfig!.DefaultCacheBehavior!).TargetOriginId!) ?? {};
    const api = apis.get(DomainName);
    if (api !== undefined) return api(request, response);
    await fromBucket(DomainName.split('.')[0]!, rewrite(path), response);
  };
}

function responseHeaders(
  { SecurityHeadersConfig: security, CustomHeadersConfig }: ResponseHeadersPolicyConfig,
  origins: ReadonlyMap<string, string>,
): Record<string, string> {
  const headers: Record<string, string> = {};
  const policy = security?.ContentSecurityPolicy?.ContentSecurityPolicy;
  if (policy !== undefined)
    headers['content-security-policy'] = [...origins].reduce((text, [host, url]) => text.replaceAll(host, url), policy);
  if (security?.ContentTypeOptions !== undefined) headers['x-content-type-options'] = 'nosniff';
  if (security?.FrameOptions !== undefined) headers['x-frame-options'] = security.FrameOptions.FrameOption!;
  if (security?.ReferrerPolicy !== undefined) headers['referrer-policy'] = security.ReferrerPolicy.ReferrerPolicy!;
  const transport = security?.StrictTransportSecurity;
  if (transport !== undefined)
    headers['strict-transport-security'] = `max-age=${transport.AccessControlMaxAgeSec}; includeSubDomains`;
  for (const { Header, Value } of CustomHeadersConfig?.Items ?? []) headers[Header!.toLowerCase()] = Value!;
  return headers;
}
