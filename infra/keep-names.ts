import type { ResourceTransformation } from '@pulumi/pulumi';

/**
 * Types whose names are the whole account's, whatever the region, by the property that has the name. Source: the ARNs of
 * these resources, which have no region.
 */
export const accountWideNames: Readonly<Record<string, string>> = {
  'aws:budgets/budget:Budget': 'name',
  'aws:cloudfront/function:Function': 'name',
  'aws:cloudfront/originAccessControl:OriginAccessControl': 'name',
  'aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy': 'name',
  'aws:cloudwatch/dashboard:Dashboard': 'dashboardName',
  'aws:iam/role:Role': 'name',
};

/**
 * What is deployed keeps the name that it has: earlier versions named these without the digest of account and region, and a
 * new name would replace every role and what the page's distribution is made of.
 */
export const keepNames: ResourceTransformation = ({ type, props, opts }) => {
  const property = accountWideNames[type];
  return property === undefined
    ? undefined
    : { props, opts: { ...opts, ignoreChanges: [...(opts.ignoreChanges ?? []), property] } };
};
