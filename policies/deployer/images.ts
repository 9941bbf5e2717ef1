import { type PolicyScope, regional } from '../named-arns.ts';
import type { Statement } from '../statement.ts';

/** What builds container images, and where they are. */
export const imageStatements = (scope: PolicyScope): Statement[] => [
  {
    id: 'Builders',
    actions: [
      'codebuild:BatchGetBuilds',
      'codebuild:BatchGetProjects',
      'codebuild:CreateProject',
      'codebuild:DeleteProject',
      'codebuild:ListBuildsForProject',
      'codebuild:StartBuild',
      'codebuild:UpdateProject',
    ],
    on: regional(scope, 'codebuild', 'project/%-*'),
    why: 'the builder of container images: labdeploy model build',
  },
  {
    id: 'BuildEvents',
    actions: [
      'events:DeleteRule',
      'events:DescribeRule',
      'events:ListTagsForResource',
      'events:ListTargetsByRule',
      'events:PutRule',
      'events:PutTargets',
      'events:RemoveTargets',
      'events:TagResource',
    ],
    on: regional(scope, 'events', 'rule/%-*'),
    why: 'tells sweep of builds, and of sources that arrive',
  },
  {
    id: 'BuildLogs',
    actions: ['logs:GetLogEvents'],
    on: regional(scope, 'logs', 'log-group:/aws/codebuild/%-*'),
    why: 'the last lines of a build that failed',
  },
  {
    id: 'Repositories',
    actions: [
      'ecr:CreateRepository',
      'ecr:DeleteLifecyclePolicy',
      'ecr:DeleteRepository',
      'ecr:DescribeImages',
      'ecr:DescribeRepositories',
      'ecr:GetLifecyclePolicy',
      'ecr:ListTagsForResource',
      'ecr:PutImageScanningConfiguration',
      'ecr:PutImageTagMutability',
      'ecr:PutLifecyclePolicy',
      'ecr:TagResource',
    ],
    on: regional(scope, 'ecr', 'repository/%-*'),
    why: 'where the images are, with which it goes',
  },
];
