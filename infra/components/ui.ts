import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { daySeconds } from '../../functions/core/time.ts';
import { pagePolicy, policyText } from '../../functions/stack/page-csp.ts';
import { brokerPath, isBrokered } from '../../functions/stack/sign-in-broker.ts';
import { featuresOf } from '../features.ts';
import type { StackContext } from '../stack-context.ts';
import type { ApiFront } from './api.ts';
import { uploadPage } from './page-files.ts';
import { type PolicyStatement, PrivateBucket } from './private-bucket.ts';

export interface UiArgs {
  context: StackContext;
  apiFront: ApiFront;
  /** Folder of the built page. */
  page: string;
  /** Other origins that the page works with. */
  origins: { issuers: string[]; objects: pulumi.Input<string>[] };
}

/** Policies that AWS keeps for everybody (CloudFront Developer Guide, managed policies). */
const managed = {
  cachingOptimized: '658327ea-f89d-4fab-a63d-7e88639e58f6',
  cachingDisabled: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  allButHost: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
};
const year = 365 * daySeconds;

/**
 * What CloudFront keeps of an origin's failures, for ten seconds unless set otherwise, even where caching is off:
 * then the 404 of a stranger would be the answer to whose job it is. Source: CloudFront Developer Guide, HTTP 4xx and
 * 5xx status codes that CloudFront caches.
 */
const keptFailures = [400, 403, 404, 405, 414, 500, 501, 502, 503, 504];

/** The web page: a private bucket behind CloudFront, which also hands the API's paths on, so that both have one origin. */
export class Ui extends pulumi.ComponentResource {
  /** Under which people know it. */
  readonly origin: pulumi.Output<string>;
  /** Under which it is there as well: that of CloudFront. */
  readonly distributionOrigin: pulumi.Output<string>;
  readonly distribution: aws.cloudfront.Distribution;
  readonly site: PrivateBucket;

  constructor(name: string, { context, apiFront, page, origins }: UiArgs, opts?: pulumi.ComponentResourceOptions) {
    super('labdeploy:stage:Ui', name, {}, opts);
    const childOpts = { parent: this };
    const distributionArn = Promise.withResolvers<pulumi.Output<string>>(); // it needs the bucket, whose policy needs it
    this.site = new PrivateBucket(
      `${name}-site`,
      {
        context,
        part: 'site',
        disposable: true,
        allow: (bucket) => pulumi.output(distributionArn.promise).apply((source) => [toDistribution(bucket, source)]),
      },
      childOpts,
    );
    const access = new aws.cloudfront.OriginAccessControl(
      `${name}-access`,
      {
        name: context.worldName('site', 'originAccess'),
        description: `The page of the labdeploy stack ${context.stack}`,
        originAccessControlOriginType: 's3',
        signingBehavior: 'always',
        signingProtocol: 'sigv4',
      },
      childOpts,
    );
    const headers = new aws.cloudfront.ResponseHeadersPolicy(
      `${name}-headers`,
      {
        name: context.worldName('page', 'headersPolicy'),
        comment: 'what the page may load and reach',
        securityHeadersConfig: {
          contentSecurityPolicy: {
            contentSecurityPolicy: pulumi
              .all(origins.objects)
              .apply((objects) => policyText(pagePolicy({ issuers: origins.issuers, objects }))),
            override: true,
          },
          contentTypeOptions: { override: true },
          frameOptions: { frameOption: 'SAMEORIGIN', override: true },
          referrerPolicy: { referrerPolicy: 'no-referrer', override: true },
          strictTransportSecurity: { accessControlMaxAgeSec: year, includeSubdomains: true, override: true },
        },
        customHeadersConfig: {
          items: [
            { header: 'Cross-Origin-Opener-Policy', value: 'same-origin', override: true },
            { header: 'Permissions-Policy', value: 'camera=(), geolocation=(), microphone=()', override: true },
          ],
        },
      },
      childOpts,
    );
    const routes = new aws.cloudfront.Function(
      `${name}-routes`,
      {
        name: context.worldName('page-routes', 'edgeFunction'),
        runtime: 'cloudfront-js-2.0',
        comment: 'the index for every path that is no file: the page knows its own routes',
        publish: true,
        code: routesCode,
      },
      childOpts,
    );
    const toApi = {
      targetOriginId: 'api',
      viewerProtocolPolicy: 'https-only',
      allowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
      cachedMethods: ['GET', 'HEAD'],
      cachePolicyId: managed.cachingDisabled,
      originRequestPolicyId: managed.allButHost,
      compress: true,
    };
    this.distribution = new aws.cloudfront.Distribution(
      name,
      {
        enabled: true,
        comment: `labdeploy: ${context.stack} in ${context.region}`,
        httpVersion: 'http2and3',
        isIpv6Enabled: true,
        priceClass: 'PriceClass_100',
        defaultRootObject: 'index.html',
        origins: [
          {
            originId: 'site',
            domainName: this.site.bucket.bucketRegionalDomainName,
            originAccessControlId: access.id,
          },
          {
            originId: 'api',
            domainName: apiFront.api.apiEndpoint.apply((endpoint) => endpoint.replace(/^https:\/\//, '')),
            customOriginConfig: {
              httpPort: 80,
              httpsPort: 443,
              originProtocolPolicy: 'https-only',
              originSslProtocols: ['TLSv1.2'],
            },
          },
        ],
        defaultCacheBehavior: {
          targetOriginId: 'site',
          viewerProtocolPolicy: 'redirect-to-https',
          allowedMethods: ['GET', 'HEAD'],
          cachedMethods: ['GET', 'HEAD'],
          cachePolicyId: managed.cachingOptimized,
          responseHeadersPolicyId: headers.id,
          compress: true,
          functionAssociations: [{ eventType: 'viewer-request', functionArn: routes.arn }],
        },
        orderedCacheBehaviors: apiPaths(context).map((pathPattern) => ({ pathPattern, ...toApi })),
        customErrorResponses: keptFailures.map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 })),
        restrictions: { geoRestriction: { restrictionType: 'none' } },
        ...addressOf(context),
      },
      childOpts,
    );
    const { pageDomain } = context.config;
    this.distributionOrigin = pulumi.interpolate`https://${this.distribution.domainName}`;
    this.origin = pageDomain === undefined ? this.distributionOrigin : pulumi.output(`https://${pageDomain}`);
    distributionArn.resolve(this.distribution.arn);
    uploadPage(name, page, this.site.bucket, childOpts);
    this.registerOutputs({ origin: this.origin });
  }
}

/** The lab's own host name, where it has one. Source of the values: CloudFront Developer Guide, supported protocols. */
function addressOf({ config: { pageDomain, pageCertificate } }: StackContext) {
  if (pageDomain === undefined) return { viewerCertificate: { cloudfrontDefaultCertificate: true } };
  const viewerCertificate = {
    ...(pageCertificate !== undefined && { acmCertificateArn: pageCertificate }),
    sslSupportMethod: 'sni-only',
    minimumProtocolVersion: 'TLSv1.2_2021',
  };
  return { aliases: [pageDomain], viewerCertificate };
}

/** What the API answers under the page's origin. */
function apiPaths({ config }: StackContext): string[] {
  const features = featuresOf(config);
  return [
    ...['/v1/*', '/healthz', '/openapi.json'],
    ...(features.has('gallery') ? ['/gallery/*'] : []), // pages of cards; the wall itself is the page's
    ...(config.signInWith.some(isBrokered) ? [`${brokerPath}/*`] : []),
    ...(features.has('people') ? ['/apis/*', '/agree'] : []), // for pages of the first picture services
  ];
}

const toDistribution = (bucket: string, distribution: string): PolicyStatement => ({
  Sid: 'ToDistribution',
  Effect: 'Allow',
  Principal: { Service: 'cloudfront.amazonaws.com' },
  Action: 's3:GetObject',
  Resource: `${bucket}/*`,
  Condition: { StringEquals: { 'aws:SourceArn': distribution } },
});

/** Files of the page are below assets/, or at the top with a suffix; everything else is a route of the page. */
const routesCode = `function handler(event) {
  var request = event.request;
  if (!/^\\/(assets\\/|[^\\/]+\\.[a-z0-9]+$)/.test(request.uri)) request.uri = '/index.html';
  return request;
}
`;
