import { expect, it } from '@jest/globals';
import { partOf, resourceOf } from '../../../cli/deploy/engine/urn.ts';

const urn = (chain: string, name: string) => `urn:pulumi:dev::labdeploy::${chain}::${name}`;
const lambda = urn(
  'labdeploy:service:Service$labdeploy:stage:Worker$labdeploy:part:StageFunction$aws:lambda/function:Function',
  'labdeploy-predict::x',
);

it.each([
  [lambda, 'Worker', 'Worker: labdeploy-predict::x (Function)'],
  [urn('labdeploy:service:Service', 'labdeploy'), 'Service', 'Service: labdeploy (Service)'],
  [urn('labdeploy:service:Service$aws:sqs/queue:Queue', 'files'), 'Service', 'Service: files (Queue)'],
  [urn('pulumi:providers:aws', 'default_7_48_0'), 'Stack', 'Stack: default_7_48_0 (aws)'],
])('a resource is told by its part and kind: %s', (given, part, resource) => {
  expect(partOf(given)).toBe(part);
  expect(resourceOf(given)).toBe(resource);
});
