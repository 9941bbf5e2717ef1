import { givesStackTag, hasStackTag } from '../conditions.ts';
import { type PolicyScope, regional, worldwide } from '../named-arns.ts';
import type { Statement } from '../statement.ts';

/** EC2 names what a network is made of itself. */
const networkParts = [
  'internet-gateway/*',
  'route-table/*',
  'security-group/*',
  'security-group-rule/*',
  'subnet/*',
  'vpc/*',
  'vpc-endpoint/*',
];

/** Machines for large images, and their network; used only where the setting `large` asks for them. */
export const machineStatements = (scope: PolicyScope): Statement[] => [
  {
    id: 'Machines',
    actions: [
      'batch:CreateComputeEnvironment',
      'batch:CreateJobQueue',
      'batch:DeleteComputeEnvironment',
      'batch:DeleteJobQueue',
      'batch:ListTagsForResource',
      'batch:RegisterJobDefinition',
      'batch:DeregisterJobDefinition',
      'batch:TagResource',
      'batch:TerminateJob',
      'batch:UpdateComputeEnvironment',
      'batch:UpdateJobQueue',
    ],
    on: regional(scope, 'batch', 'compute-environment/%-*', 'job-queue/%-*', 'job-definition/%-*', 'job/*'), // Batch names jobs itself
    why: 'makes, changes and removes what machines are started from, and ends those that run when the stack goes',
  },
  {
    id: 'ReadMachines',
    actions: [
      'batch:DescribeComputeEnvironments',
      'batch:DescribeJobDefinitions',
      'batch:DescribeJobQueues',
      'batch:ListJobs',
      'ec2:DescribeInternetGateways',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribePrefixLists',
      'ec2:DescribeRouteTables',
      'ec2:DescribeSecurityGroupRules',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSubnets',
      'ec2:DescribeVpcEndpoints',
      'ec2:DescribeVpcs',
      'ec2:DescribeNetworkAcls',
    ],
    on: ['*'], // none of them takes a resource; all only read
    why: 'the engine compares machines and their network',
  },
  {
    id: 'ReadNetwork',
    actions: ['ec2:DescribeVpcAttribute'],
    on: regional(scope, 'ec2', 'vpc/*'), // EC2 names them itself; reading takes nothing away
    why: 'the engine compares the network of machines',
  },
  {
    id: 'MakeNetwork',
    actions: [
      'ec2:CreateInternetGateway',
      'ec2:CreateRouteTable',
      'ec2:CreateSecurityGroup',
      'ec2:CreateSubnet',
      'ec2:CreateVpc',
      'ec2:CreateVpcEndpoint',
    ],
    on: regional(scope, 'ec2', ...networkParts), // EC2 names them itself; the condition says whose they are
    why: 'the network of machines; only with the tag of a stack',
    conditions: givesStackTag,
  },
  {
    id: 'Network',
    actions: [
      'ec2:AssociateRouteTable',
      'ec2:AttachInternetGateway',
      'ec2:AuthorizeSecurityGroupEgress',
      'ec2:CreateRoute',
      'ec2:CreateRouteTable',
      'ec2:CreateSecurityGroup',
      'ec2:CreateSubnet',
      'ec2:CreateVpcEndpoint',
      'ec2:DeleteInternetGateway',
      'ec2:DeleteRoute',
      'ec2:DeleteRouteTable',
      'ec2:DeleteSecurityGroup',
      'ec2:DeleteSubnet',
      'ec2:DeleteVpc',
      'ec2:DeleteVpcEndpoints',
      'ec2:DetachInternetGateway',
      'ec2:DisassociateRouteTable',
      'ec2:ModifyVpcAttribute',
      'ec2:ModifyVpcEndpoint',
      'ec2:RevokeSecurityGroupEgress',
      'ec2:RevokeSecurityGroupIngress',
    ],
    on: regional(scope, 'ec2', ...networkParts), // EC2 names them itself; the condition says whose they are
    why: 'changes and removes the networks of stacks, and no other',
    conditions: hasStackTag,
  },
  {
    id: 'TagNetwork',
    actions: ['ec2:CreateTags'],
    on: regional(scope, 'ec2', ...networkParts), // EC2 names them itself
    why: 'what is made with tags is tagged, before it has any that a condition could ask for',
    conditions: givesStackTag,
  },
  {
    id: 'BatchRole',
    actions: ['iam:CreateServiceLinkedRole'],
    on: worldwide(scope, 'iam', 'role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch'),
    why: 'the role by which Batch itself starts machines; AWS makes one an account',
    conditions: { StringEquals: { 'iam:AWSServiceName': 'batch.amazonaws.com' } },
  },
];
