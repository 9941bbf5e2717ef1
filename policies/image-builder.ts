import type { Statement } from './statement.ts';

/** What a build of an image may do. A Dockerfile is foreign code that runs as root, and may do no more. ARNs. */
export const imageBuilderStatements = (on: { repository: string; sources: string; log: string }): Statement[] => [
  { id: 'Sources', actions: ['s3:GetObject'], on: [on.sources], why: 'reads what it builds' },
  {
    id: 'Push',
    actions: [
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:CompleteLayerUpload',
      'ecr:DescribeImages',
      'ecr:InitiateLayerUpload',
      'ecr:PutImage',
      'ecr:UploadLayerPart',
    ],
    on: [on.repository],
    why: 'stores the image, once',
  },
  {
    id: 'Registry',
    actions: ['ecr:GetAuthorizationToken'],
    on: ['*'], // it takes no resource
    why: 'signs in to the repository',
  },
  { id: 'Log', actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], on: [on.log], why: 'writes its log' },
];
