// A Pulumi program of one's own: labdeploy's service beside other resources of the lab. `pulumi up` runs it.
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { buildArtifacts, currentAccount, readConfig, Service } from 'labdeploy';

const config = readConfig({ retentionDays: '90', maximumConcurrency: '10' });
const service = new Service('labdeploy', {
  config,
  stack: pulumi.getStack(),
  target: await currentAccount(),
  ...(await buildArtifacts(config)),
});

const bookmark = new aws.ssm.Parameter('segmentation-url', { type: 'String', value: service.url });

export const url = service.url;
export const parameter = bookmark.name;
