import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import type { AwsAccount } from '../account.ts';
import type { Properties } from './engine-state.ts';

/** Of what AWS names itself, the id that the provider reads it back by: of a network the end of its ARN. */
const endOf = (arn: string): string => arn.split('/').at(-1)!;
const whole = (arn: string): string => arn;

/** As AWS calls them where it lists what has tags. */
const kinds: Readonly<Record<string, readonly [kind: string, idOf: (arn: string) => string]>> = {
  'aws:batch/jobDefinition:JobDefinition': ['batch:job-definition', whole],
  'aws:ec2/internetGateway:InternetGateway': ['ec2:internet-gateway', endOf],
  'aws:ec2/routeTable:RouteTable': ['ec2:route-table', endOf],
  'aws:ec2/securityGroup:SecurityGroup': ['ec2:security-group', endOf],
  'aws:ec2/subnet:Subnet': ['ec2:subnet', endOf],
  'aws:ec2/vpc:Vpc': ['ec2:vpc', endOf],
  'aws:ec2/vpcEndpoint:VpcEndpoint': ['ec2:vpc-endpoint', endOf],
};

type Find = (inputs: Properties, account: AwsAccount) => Promise<string | undefined>;

/** Found by all the tags that they were to be made with, one of which names the deployment and, in a network, one the part. */
export const soughtByTags: Readonly<Record<string, Find>> = Object.fromEntries(
  Object.entries(kinds).map(([type, [kind, idOf]]) => [
    type,
    async ({ tags }, { client }) => {
      const TagFilters = Object.entries(tags as Record<string, string>).map(([Key, value]) => ({
        Key,
        Values: [value],
      }));
      const { ResourceTagMappingList: [found] = [] } = await new ResourceGroupsTaggingAPIClient(client).send(
        new GetResourcesCommand({ ResourceTypeFilters: [kind], TagFilters }),
      );
      return found && idOf(found.ResourceARN!);
    },
  ]),
);
