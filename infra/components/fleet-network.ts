import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../stack-context.ts';

/** Two zones: where one has no machine left, the other may. */
const zones = ['a', 'b'] as const;

/**
 * Where machines run: apart from all else of the account, and nobody comes in. They reach AWS by addresses of their own,
 * which cost only while a machine runs; there is no NAT, which would cost always. S3 and DynamoDB are reached without the
 * internet and without a price.
 */
export class FleetNetwork extends pulumi.ComponentResource {
  readonly subnets: pulumi.Output<string>[];
  readonly group: pulumi.Output<string>;

  constructor(name: string, { context }: { context: StackContext }, opts?: pulumi.ComponentResourceOptions) {
    super('labdeploy:part:FleetNetwork', name, {}, opts);
    const childOpts = { parent: this };
    const label = (part: string) => ({ Name: context.name(`large-${part}`, 'jobQueue') });
    const vpc = new aws.ec2.Vpc(
      `${name}-vpc`,
      { cidrBlock: '10.0.0.0/16', enableDnsHostnames: true, enableDnsSupport: true, tags: label('network') },
      childOpts,
    );
    const gateway = new aws.ec2.InternetGateway(
      `${name}-gateway`,
      { vpcId: vpc.id, tags: label('gateway') },
      childOpts,
    );
    const routes = new aws.ec2.RouteTable(`${name}-routes`, { vpcId: vpc.id, tags: label('routes') }, childOpts);
    new aws.ec2.Route(
      `${name}-out`,
      { routeTableId: routes.id, destinationCidrBlock: '0.0.0.0/0', gatewayId: gateway.id },
      childOpts,
    );
    this.subnets = zones.map((zone, i) => {
      const subnet = new aws.ec2.Subnet(
        `${name}-subnet-${zone}`,
        {
          vpcId: vpc.id,
          cidrBlock: `10.0.${i}.0/24`,
          availabilityZone: `${context.region}${zone}`,
          tags: label(`subnet-${zone}`),
        },
        childOpts,
      );
      new aws.ec2.RouteTableAssociation(
        `${name}-way-${zone}`,
        { subnetId: subnet.id, routeTableId: routes.id },
        childOpts,
      );
      return subnet.id;
    });
    for (const service of ['s3', 'dynamodb']) {
      new aws.ec2.VpcEndpoint(
        `${name}-to-${service}`,
        {
          ...{ vpcId: vpc.id, vpcEndpointType: 'Gateway', routeTableIds: [routes.id] },
          serviceName: `com.amazonaws.${context.region}.${service}`,
          tags: label(`to-${service}`),
        },
        childOpts,
      );
    }
    const group = new aws.ec2.SecurityGroup(
      `${name}-group`,
      {
        vpcId: vpc.id,
        description: `machines of the labdeploy stack ${context.stack}: nobody comes in`,
        ingress: [],
        egress: [
          { protocol: 'tcp', fromPort: 443, toPort: 443, cidrBlocks: ['0.0.0.0/0'], description: 'AWS, by TLS' },
        ],
        tags: label('group'),
      },
      childOpts,
    );
    this.group = group.id;
    this.registerOutputs({ vpc: vpc.id });
  }
}
