import type { Endpoint } from '../../ports/endpoint.ts';
import { endpointEnvironment } from '../../stack/endpoint-environment.ts';
import { endpointVariable } from '../../stack/resource-variables.ts';
import { readJsonVariable, type Variables } from './environment.ts';
import type { OpenPorts } from './ports.ts';

/** The model that the stack keeps elsewhere; undefined where it has none, and then nothing of it is loaded. */
export async function openEndpoint(
  { names }: Pick<OpenPorts, 'names'>,
  variables: Variables,
): Promise<Endpoint | undefined> {
  if (variables[endpointVariable] === undefined) return undefined;
  const environment = readJsonVariable(endpointVariable, endpointEnvironment, variables);
  const [{ SageMakerRuntimeClient }, { sageMakerEndpoint }] = await Promise.all([
    import('@aws-sdk/client-sagemaker-runtime'),
    import('../../adapters/aws/sagemaker-endpoint.ts'),
  ]);
  return sageMakerEndpoint({
    ...environment,
    client: new SageMakerRuntimeClient({}),
    bucket: names.buckets.results!,
  });
}
