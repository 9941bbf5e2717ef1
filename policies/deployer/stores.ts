import { inOwnAccount } from '../conditions.ts';
import { type PolicyScope, regional } from '../named-arns.ts';
import { stateBaseName } from '../state-names.ts';
import type { Statement } from '../statement.ts';

/** Whatever its own base name: one state has all stacks of an account and region. */
const stateBuckets = ({ partition, account }: PolicyScope): string =>
  `arn:${partition}:s3:::${stateBaseName}-state-${account}-*`;

const own = (scope: PolicyScope): string => `arn:${scope.partition}:s3:::${scope.baseName}-*`;
const bucketsOf = (scope: PolicyScope): string[] =>
  scope.baseName === stateBaseName ? [own(scope)] : [own(scope), stateBuckets(scope)];

/** Buckets, queues and the table. */
export const storeStatements = (scope: PolicyScope): Statement[] => [
  {
    id: 'Buckets',
    actions: [
      's3:CreateBucket',
      's3:DeleteBucket',
      's3:DeleteBucketPolicy',
      's3:GetAccelerateConfiguration',
      's3:GetBucketAcl',
      's3:GetBucketCORS',
      's3:GetBucketLogging',
      's3:GetBucketNotification',
      's3:GetBucketObjectLockConfiguration',
      's3:GetBucketOwnershipControls',
      's3:GetBucketPolicy',
      's3:GetBucketPublicAccessBlock',
      's3:GetBucketRequestPayment',
      's3:GetBucketTagging',
      's3:GetBucketVersioning',
      's3:GetBucketWebsite',
      's3:GetEncryptionConfiguration',
      's3:GetLifecycleConfiguration',
      's3:GetReplicationConfiguration',
      's3:ListBucket',
      's3:ListBucketMultipartUploads',
      's3:ListBucketVersions',
      's3:ListTagsForResource',
      's3:PutBucketCORS',
      's3:PutBucketNotification',
      's3:PutBucketOwnershipControls',
      's3:PutBucketPolicy',
      's3:PutBucketPublicAccessBlock',
      's3:PutBucketTagging',
      's3:PutBucketVersioning',
      's3:PutEncryptionConfiguration',
      's3:PutLifecycleConfiguration',
      's3:TagResource',
    ],
    on: bucketsOf(scope),
    why: 'makes, reads, changes and removes the buckets of stacks and of the state; the engine compares every property',
    conditions: inOwnAccount(scope, 'StringEqualsIfExists'), // what is about to be made has no account yet
  },
  {
    id: 'Objects',
    actions: [
      's3:AbortMultipartUpload',
      's3:DeleteObject',
      's3:DeleteObjectVersion',
      's3:GetObject',
      's3:GetObjectTagging',
      's3:PutObject',
    ],
    on: bucketsOf(scope).map((bucket) => `${bucket}/*`),
    why: 'keeps the state, uploads the page, and empties buckets before they are removed',
    conditions: inOwnAccount(scope, 'StringEquals'),
  },
  {
    id: 'Queues',
    actions: [
      'sqs:CreateQueue',
      'sqs:DeleteQueue',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:ListQueueTags',
      'sqs:SetQueueAttributes',
      'sqs:TagQueue',
    ],
    on: regional(scope, 'sqs', '%-*'),
    why: 'the queues and their dead letters',
  },
  {
    id: 'Restores',
    actions: ['sqs:SendMessage'],
    on: regional(scope, 'sqs', '%-*-cold'),
    why: 'labdeploy users plan has what was archived come back',
  },
  {
    id: 'Tables',
    actions: [
      'dynamodb:CreateTable',
      'dynamodb:DeleteTable',
      'dynamodb:DescribeContinuousBackups',
      'dynamodb:DescribeTable',
      'dynamodb:DescribeTimeToLive',
      'dynamodb:ListTagsOfResource',
      'dynamodb:TagResource',
      'dynamodb:UpdateContinuousBackups',
      'dynamodb:UpdateTable',
      'dynamodb:UpdateTimeToLive',
    ],
    on: regional(scope, 'dynamodb', 'table/%-*'),
    why: 'the table of jobs; none of its items',
  },
];
