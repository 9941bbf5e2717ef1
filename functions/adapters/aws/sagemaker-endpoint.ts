import { InvokeEndpointAsyncCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type { ObjectRef } from '../../core/object-keys.ts';
import type { Endpoint } from '../../ports/endpoint.ts';
import { answerSeconds, type EndpointEnvironment, requestSeconds } from '../../stack/endpoint-environment.ts';

export interface SageMakerEndpointOptions extends EndpointEnvironment {
  client: SageMakerRuntimeClient;
  /** Name of the bucket `results`. */
  bucket: string;
}

const npyType = 'application/x-npy';

/** An asynchronous endpoint of SageMaker: it reads what it is asked from S3, and puts its answers there. */
export function sageMakerEndpoint({ client, name, image, bucket }: SageMakerEndpointOptions): Endpoint {
  const refOf = (location: string | undefined): ObjectRef => {
    const start = `s3://${bucket}/`;
    if (location?.startsWith(start) !== true)
      throw new Error(`the endpoint ${name} answers to ${location ?? 'nowhere'}, not to the bucket ${bucket}`);
    return { bucket: 'results', key: location.slice(start.length) };
  };
  return {
    image,
    patienceSeconds: requestSeconds + answerSeconds,
    async invoke({ input, id, attributes }) {
      const { OutputLocation, FailureLocation } = await client.send(
        new InvokeEndpointAsyncCommand({
          EndpointName: name,
          InputLocation: `s3://${bucket}/${input.key}`,
          InferenceId: id,
          ContentType: npyType,
          Accept: npyType,
          CustomAttributes: attributes,
          InvocationTimeoutSeconds: answerSeconds,
          RequestTTLSeconds: requestSeconds,
        }),
      );
      return { answer: refOf(OutputLocation), failure: refOf(FailureLocation) };
    },
  };
}
