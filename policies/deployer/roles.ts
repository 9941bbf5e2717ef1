import { boundaryArn } from '../boundary.ts';
import { type PolicyScope, worldwide } from '../named-arns.ts';
import type { Conditions, Statement } from '../statement.ts';

/** Roles are made and changed only with the boundary on them. */
const bounded = (scope: PolicyScope): Conditions => ({
  StringEquals: { 'iam:PermissionsBoundary': boundaryArn(scope) },
});

/** Roles: the way to more rights, hence the narrowest. */
export const roleStatements = (scope: PolicyScope): Statement[] => [
  {
    id: 'MakeRoles',
    actions: ['iam:CreateRole', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'],
    on: worldwide(scope, 'iam', 'role/%-*'),
    why: 'a role for each function, always under the boundary, so that making one gives no new rights',
    conditions: bounded(scope),
  },
  {
    id: 'Boundary',
    actions: ['iam:GetPolicy'],
    on: [boundaryArn(scope)],
    why: 'up sees that there is a boundary, and puts it on every role',
  },
  {
    id: 'Roles',
    actions: [
      'iam:DeleteRole',
      'iam:DeleteRolePolicy',
      'iam:UpdateAssumeRolePolicy',
      'iam:UpdateRole',
      'iam:UpdateRoleDescription',
    ],
    on: worldwide(scope, 'iam', 'role/%-*'),
    why: 'changes and removes the roles of stacks, and none that was made without the boundary',
    conditions: bounded(scope),
  },
  {
    id: 'ReadRoles',
    actions: [
      'iam:GetRole',
      'iam:GetRolePolicy',
      'iam:ListAttachedRolePolicies',
      'iam:ListInstanceProfilesForRole',
      'iam:ListRolePolicies',
      'iam:TagRole',
    ],
    on: worldwide(scope, 'iam', 'role/%-*'),
    why: 'reads the roles of stacks, also one that is gone, and tags them',
  },
  {
    id: 'PassRoles',
    actions: ['iam:PassRole'],
    on: worldwide(scope, 'iam', 'role/%-*'),
    why: 'gives functions, schedules, machines, endpoints and the builder of images their roles, and nothing else',
    conditions: {
      StringEquals: {
        'iam:PassedToService': [
          ...['lambda.amazonaws.com', 'scheduler.amazonaws.com', 'ecs-tasks.amazonaws.com'],
          ...['codebuild.amazonaws.com', 'sagemaker.amazonaws.com'],
        ],
      },
    },
  },
];
