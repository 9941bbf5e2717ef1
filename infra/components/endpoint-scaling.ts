import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../stack-context.ts';

export interface EndpointScalingArgs {
  context: StackContext;
  /** Its name. */
  endpoint: pulumi.Output<string>;
  /** Name of its one variant. */
  variant: string;
}

const minute = 60;
/** Minutes without any request after which the machines go. */
const idleMinutes = 15;
/** Requests that wait for each machine before another is started. */
const waitingAMachine = 5;

/**
 * From no machine to the most and back. A wish for so many waiting requests a machine, which is SageMaker's usual way, never
 * wakes an endpoint that has none: HasBacklogWithoutCapacity does. Source: Amazon SageMaker AI developer guide, autoscale an
 * asynchronous endpoint.
 */
export class EndpointScaling extends pulumi.ComponentResource {
  constructor(name: string, args: EndpointScalingArgs, opts?: pulumi.ComponentResourceOptions) {
    super('labdeploy:part:EndpointScaling', name, {}, opts);
    const childOpts = { parent: this };
    const { context, endpoint, variant } = args;
    const { endpointMachines } = context.config;
    const target = new aws.appautoscaling.Target(
      `${name}-target`,
      {
        serviceNamespace: 'sagemaker',
        resourceId: pulumi.interpolate`endpoint/${endpoint}/variant/${variant}`,
        scalableDimension: 'sagemaker:variant:DesiredInstanceCount',
        minCapacity: 0,
        maxCapacity: endpointMachines,
      },
      childOpts,
    );
    /** Changes the number of machines when a metric of the endpoint passes a threshold. */
    const step = (part: string, change: Change) => {
      const { metric, description, ...alarm } = change.when;
      const policy = new aws.appautoscaling.Policy(
        `${name}-${part}`,
        {
          name: context.name(`endpoint-${part}`, 'scalingPolicy'),
          policyType: 'StepScaling',
          serviceNamespace: target.serviceNamespace,
          resourceId: target.resourceId,
          scalableDimension: target.scalableDimension,
          stepScalingPolicyConfiguration: {
            adjustmentType: change.kind,
            metricAggregationType: 'Maximum',
            cooldown: 5 * minute,
            stepAdjustments: [{ scalingAdjustment: change.by, ...change.side }],
          },
        },
        childOpts,
      );
      new aws.cloudwatch.MetricAlarm(
        `${name}-${part}-alarm`,
        {
          name: context.name(`endpoint-${part}`, 'alarm'),
          alarmDescription: description,
          namespace: 'AWS/SageMaker',
          metricName: metric,
          dimensions: { EndpointName: endpoint },
          statistic: 'Maximum',
          period: minute,
          alarmActions: [policy.arn],
          ...alarm,
        },
        childOpts,
      );
    };
    const above = { side: { metricIntervalLowerBound: '0' } };
    step('wakes', {
      ...above,
      kind: 'ExactCapacity',
      by: 1,
      when: {
        metric: 'HasBacklogWithoutCapacity',
        description: 'No fault: an image waits for the endpoint, and a machine is started.',
        comparisonOperator: 'GreaterThanOrEqualToThreshold',
        threshold: 1,
        evaluationPeriods: 1,
        treatMissingData: 'missing',
      },
    });
    step('rests', {
      side: { metricIntervalUpperBound: '0' },
      kind: 'ExactCapacity',
      by: 0,
      when: {
        metric: 'ApproximateBacklogSize',
        description: 'No fault: the endpoint has nothing to do, and its machines go.',
        comparisonOperator: 'LessThanThreshold',
        threshold: 1,
        evaluationPeriods: idleMinutes,
        treatMissingData: 'breaching', // an endpoint that nobody has asked yet says nothing
      },
    });
    if (endpointMachines > 1)
      step('grows', {
        ...above,
        kind: 'ChangeInCapacity',
        by: 1,
        when: {
          metric: 'ApproximateBacklogSizePerInstance',
          description: 'No fault: many images wait for the endpoint, and another machine is started.',
          comparisonOperator: 'GreaterThanThreshold',
          threshold: waitingAMachine,
          evaluationPeriods: 3,
          treatMissingData: 'missing',
        },
      });
    this.registerOutputs({});
  }
}

interface Change {
  kind: 'ExactCapacity' | 'ChangeInCapacity';
  by: number;
  /** Of the threshold on which the change applies. */
  side: { metricIntervalLowerBound: string } | { metricIntervalUpperBound: string };
  when: Pick<aws.cloudwatch.MetricAlarmArgs, 'comparisonOperator' | 'threshold' | 'evaluationPeriods'> & {
    metric: string;
    description: string;
    treatMissingData: 'missing' | 'breaching';
  };
}
