import { Readable } from 'node:stream';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { expect, it } from '@jest/globals';
import { HttpResponse } from '@smithy/core/protocols';
import { sageMakerEndpoint } from '../../../functions/adapters/aws/sagemaker-endpoint.ts';

interface Asked {
  method: string;
  path: string;
  headers: Record<string, string>;
}

/** An endpoint that answers to these places, and what it was asked. */
function endpointOf(output: string) {
  const asked: Asked[] = [];
  const client = new SageMakerRuntimeClient({
    ...{ region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } },
    endpoint: 'http://127.0.0.1:9',
    requestHandler: {
      async handle({ method, path, headers }: Asked) {
        asked.push({ method, path, headers });
        const body = Readable.from([Buffer.from('{"InferenceId": "id"}')]);
        const places = {
          'x-amzn-sagemaker-outputlocation': `${output}1.out`,
          'x-amzn-sagemaker-failurelocation': `${output}1-error.out`,
        };
        return { response: new HttpResponse({ statusCode: 202, headers: places, body }) };
      },
    },
  } as never);
  const endpoint = sageMakerEndpoint({ client, name: 'lab-dev-endpoint', image: 'lab/cells', bucket: 'lab-results' });
  return { endpoint, asked };
}
const input = { bucket: 'results', key: 'olga/job1/.tables.unfinished/f/requests/a.npy' } as const;

it('asks SageMaker for what lies in the bucket of results, and says where the answer will be', async () => {
  const { endpoint, asked } = endpointOf('s3://lab-results/~answers/');
  expect(await endpoint.invoke({ input, id: 'a.1', attributes: '{"channels":["DAPI"]}' })).toEqual({
    answer: { bucket: 'results', key: '~answers/1.out' },
    failure: { bucket: 'results', key: '~answers/1-error.out' },
  });
  expect(asked).toMatchObject([
    {
      method: 'POST',
      path: '/endpoints/lab-dev-endpoint/async-invocations',
      headers: {
        'x-amzn-sagemaker-inputlocation': `s3://lab-results/${input.key}`,
        'x-amzn-sagemaker-inference-id': 'a.1',
        'x-amzn-sagemaker-content-type': 'application/x-npy',
        'x-amzn-sagemaker-custom-attributes': '{"channels":["DAPI"]}',
        'x-amzn-sagemaker-invocationtimeoutseconds': '900',
        'x-amzn-sagemaker-requestttlseconds': '21600',
      },
    },
  ]);
  expect(endpoint.patienceSeconds).toBe(22_500);
});

it('does not take an answer that is stored elsewhere', async () => {
  const { endpoint } = endpointOf('s3://another/~answers/');
  await expect(endpoint.invoke({ input, id: 'a.1' })).rejects.toThrow(
    'the endpoint lab-dev-endpoint answers to s3://another/~answers/1.out, not to the bucket lab-results',
  );
});
