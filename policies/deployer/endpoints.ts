import { givesStackTag, hasStackTag } from '../conditions.ts';
import { type PolicyScope, regional, worldwide } from '../named-arns.ts';
import type { Statement } from '../statement.ts';

const scalingService = 'sagemaker.application-autoscaling.amazonaws.com';

/** A model in a container that is kept ready; used only where the setting `endpoint` asks for it. */
export const endpointStatements = (scope: PolicyScope): Statement[] => [
  {
    id: 'Endpoints',
    actions: [
      'sagemaker:AddTags',
      'sagemaker:CreateEndpoint',
      'sagemaker:CreateEndpointConfig',
      'sagemaker:CreateModel',
      'sagemaker:DeleteEndpoint',
      'sagemaker:DeleteEndpointConfig',
      'sagemaker:DeleteModel',
      'sagemaker:DescribeEndpoint',
      'sagemaker:DescribeEndpointConfig',
      'sagemaker:DescribeModel',
      'sagemaker:ListTags',
      'sagemaker:UpdateEndpoint',
    ],
    on: regional(scope, 'sagemaker', 'endpoint/%-*', 'endpoint-config/%-*', 'model/%-*'),
    why: 'makes, changes and removes the endpoint of a stack, and what it runs',
  },
  {
    id: 'MakeScaling',
    actions: ['application-autoscaling:RegisterScalableTarget', 'application-autoscaling:TagResource'],
    on: regional(scope, 'application-autoscaling', 'scalable-target/*'), // it names targets itself; the condition says whose they are
    why: 'an endpoint gets machines and loses them; only with the tag of a stack',
    conditions: givesStackTag,
  },
  {
    id: 'Scaling',
    actions: [
      'application-autoscaling:DeleteScalingPolicy',
      'application-autoscaling:DeregisterScalableTarget',
      'application-autoscaling:ListTagsForResource',
      'application-autoscaling:PutScalingPolicy',
      'application-autoscaling:RegisterScalableTarget',
    ],
    on: regional(scope, 'application-autoscaling', 'scalable-target/*'), // it names targets itself; the condition says whose they are
    why: 'changes and removes the scaling of endpoints of stacks, and of nothing else',
    conditions: hasStackTag,
  },
  {
    id: 'ReadScaling',
    actions: ['application-autoscaling:DescribeScalableTargets', 'application-autoscaling:DescribeScalingPolicies'],
    on: ['*'], // neither takes a resource; both only read
    why: 'the engine compares the scaling of endpoints',
  },
  {
    id: 'ScalingRole',
    actions: ['iam:CreateServiceLinkedRole'],
    on: worldwide(
      scope,
      'iam',
      `role/aws-service-role/${scalingService}/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint`,
    ),
    why: 'the role by which AWS itself scales endpoints; AWS makes one an account',
    conditions: { StringEquals: { 'iam:AWSServiceName': scalingService } },
  },
];
