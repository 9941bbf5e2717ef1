import { boundaryArn } from '../boundary.ts';
import { type PolicyPlace, worldwide } from '../named-arns.ts';
import type { Conditions, Statement } from '../statement.ts';

/** Roles are made and changed only with the boundary on them. */
const bounded = (place: PolicyPlace): Conditions => ({
  StringEquals: { 'iam:PermissionsBoundary': boundaryArn(place) },
});

/** Roles: the way to more rights, hence the narrowest. */
export const roleStatements = (place: PolicyPlace): Statement[] => [
  {
    id: 'MakeRoles',
    actions: ['iam:CreateRole', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'],
    on: worldwide(place, 'iam', 'role/%-*'),
    why: 'a role for each function, always under the boundary, so that nobody gains rights by making one',
    conditions: bounded(place),
  },
  {
    id: 'Boundary',
    actions: ['iam:GetPolicy'],
    on: [boundaryArn(place)],
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
    on: worldwide(place, 'iam', 'role/%-*'),
    why: 'changes and removes the roles of stacks, and none that somebody made without the boundary',
    conditions: bounded(place),
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
    on: worldwide(place, 'iam', 'role/%-*'),
    why: 'reads the roles of stacks, also one that is gone, and tags them',
  },
  {
    id: 'PassRoles',
    actions: ['iam:PassRole'],
    on: worldwide(place, 'iam', 'role/%-*'),
    why: 'gives functions and schedules their roles, and nothing else',
    conditions: { StringEquals: { 'iam:PassedToService': ['lambda.amazonaws.com', 'scheduler.amazonaws.com'] } },
  },
];
