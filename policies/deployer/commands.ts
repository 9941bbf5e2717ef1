import { type PolicyScope, regional } from '../named-arns.ts';
import { stateBaseName } from '../state-names.ts';
import type { Statement } from '../statement.ts';

/** What the command line needs beside the engine. */
export const commandStatements = (scope: PolicyScope): Statement[] => [
  {
    id: 'Passphrase',
    actions: ['ssm:DeleteParameter', 'ssm:GetParameter', 'ssm:PutParameter'],
    on: regional(scope, 'ssm', `parameter/${stateBaseName}/*`),
    why: 'what the state is encrypted with, secrets at institutions, and what the broker of sign-ins needs',
  },
  {
    id: 'Look',
    actions: [
      'cloudfront:ListDistributions',
      'cloudfront:ListOriginAccessControls',
      'cloudfront:ListResponseHeadersPolicies',
      'cloudwatch:DescribeAlarms',
      'cloudwatch:GetMetricData',
      'lambda:GetAccountSettings',
      'lambda:ListEventSourceMappings',
      'ses:GetAccount',
      'tag:GetResources',
    ],
    on: ['*'], // none of them takes a resource; all only read
    why: 'doctor, status, cost, what a deployment that was killed had made, and the proof that destroy left nothing',
  },
];
