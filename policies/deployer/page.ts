import { givesStackTag, hasStackTag } from '../conditions.ts';
import { type PolicyScope, regional, worldwide } from '../named-arns.ts';
import type { Statement } from '../statement.ts';

/** Who may use it, and what the world sees of it. */
export const pageStatements = (scope: PolicyScope): Statement[] => [
  {
    id: 'MakePools',
    actions: ['cognito-idp:CreateUserPool'],
    on: ['*'], // a pool has no ARN before it is made
    why: 'people of a stack; only with its tag',
    conditions: givesStackTag,
  },
  {
    id: 'Pools',
    actions: [
      'cognito-idp:AdminAddUserToGroup',
      'cognito-idp:AdminCreateUser',
      'cognito-idp:AdminDeleteUser',
      'cognito-idp:AdminGetUser',
      'cognito-idp:AdminLinkProviderForUser',
      'cognito-idp:AdminListGroupsForUser',
      'cognito-idp:AdminRemoveUserFromGroup',
      'cognito-idp:AdminUserGlobalSignOut',
      'cognito-idp:CreateGroup',
      'cognito-idp:CreateIdentityProvider',
      'cognito-idp:CreateManagedLoginBranding',
      'cognito-idp:CreateUserPoolClient',
      'cognito-idp:CreateUserPoolDomain',
      'cognito-idp:DeleteGroup',
      'cognito-idp:DeleteIdentityProvider',
      'cognito-idp:DeleteManagedLoginBranding',
      'cognito-idp:DeleteUserPool',
      'cognito-idp:DeleteUserPoolClient',
      'cognito-idp:DeleteUserPoolDomain',
      'cognito-idp:DescribeIdentityProvider',
      'cognito-idp:DescribeManagedLoginBranding',
      'cognito-idp:DescribeManagedLoginBrandingByClient',
      'cognito-idp:DescribeUserPool',
      'cognito-idp:DescribeUserPoolClient',
      'cognito-idp:GetGroup',
      'cognito-idp:GetUserPoolMfaConfig',
      'cognito-idp:ListGroups',
      'cognito-idp:ListUserPoolClients',
      'cognito-idp:ListUsers',
      'cognito-idp:ListUsersInGroup',
      'cognito-idp:SetUserPoolMfaConfig',
      'cognito-idp:TagResource',
      'cognito-idp:UpdateGroup',
      'cognito-idp:UpdateIdentityProvider',
      'cognito-idp:UpdateManagedLoginBranding',
      'cognito-idp:UpdateUserPool',
      'cognito-idp:UpdateUserPoolClient',
      'cognito-idp:UpdateUserPoolDomain',
    ],
    on: regional(scope, 'cognito-idp', 'userpool/*'), // Cognito names pools itself; the condition says whose they are
    why: 'changes the people of stacks, and of no other pool: labdeploy users',
    conditions: hasStackTag,
  },
  {
    id: 'FindPools',
    actions: ['cognito-idp:DescribeUserPoolDomain', 'cognito-idp:ListUserPools'],
    on: ['*'], // neither takes a resource
    why: 'the engine reads the domain back, and doctor asks whether Cognito is there',
  },
  {
    id: 'MakeDistributions',
    actions: ['cloudfront:CreateDistribution'],
    on: ['*'], // what is made has no ARN yet
    why: 'the page of a stack; only with its tag',
    conditions: givesStackTag,
  },
  {
    id: 'MakeEdgeParts',
    actions: [
      'cloudfront:CreateFunction',
      'cloudfront:CreateOriginAccessControl',
      'cloudfront:CreateResponseHeadersPolicy',
    ],
    on: ['*'], // what is made has no ARN yet, and these have no tags
    why: 'routes of the page, its way to its bucket, and its headers',
  },
  {
    id: 'Distributions',
    actions: ['cloudfront:DeleteDistribution', 'cloudfront:UpdateDistribution'],
    on: worldwide(scope, 'cloudfront', 'distribution/*'), // CloudFront names them itself; the condition says whose they are
    why: 'changes and removes the pages of stacks, and no other distribution',
    conditions: hasStackTag,
  },
  {
    id: 'TagDistributions',
    actions: ['cloudfront:TagResource'],
    on: worldwide(scope, 'cloudfront', 'distribution/*'), // CloudFront names them itself
    why: 'what is made with tags is tagged, before it has any that a condition could ask for',
  },
  {
    id: 'ReadDistributions',
    actions: ['cloudfront:GetDistribution', 'cloudfront:ListTagsForResource'],
    on: worldwide(scope, 'cloudfront', 'distribution/*'), // CloudFront names them itself; reading takes nothing away
    why: 'the engine compares the page, also one that was removed by hand',
  },
  {
    id: 'EdgeParts',
    actions: [
      'cloudfront:DeleteOriginAccessControl',
      'cloudfront:DeleteResponseHeadersPolicy',
      'cloudfront:GetOriginAccessControl',
      'cloudfront:GetResponseHeadersPolicy',
      'cloudfront:UpdateOriginAccessControl',
      'cloudfront:UpdateResponseHeadersPolicy',
    ],
    on: worldwide(scope, 'cloudfront', 'origin-access-control/*', 'response-headers-policy/*'), // CloudFront names them itself, and gives them no tags
    why: "the page's way to its bucket, and its headers; CloudFront removes none that is in use",
  },
  {
    id: 'EdgeFunctions',
    actions: [
      'cloudfront:DeleteFunction',
      'cloudfront:DescribeFunction',
      'cloudfront:GetFunction',
      'cloudfront:ListTagsForResource',
      'cloudfront:PublishFunction',
      'cloudfront:UpdateFunction',
    ],
    on: worldwide(scope, 'cloudfront', 'function/%-*'),
    why: 'routes of the page',
  },
];
