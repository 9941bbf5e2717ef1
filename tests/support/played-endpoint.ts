import type { AnswerMessage } from '../../functions/core/messages.ts';
import { answersPrefix } from '../../functions/core/object-keys.ts';
import type { Endpoint, EndpointRequest } from '../../functions/ports/endpoint.ts';
import type { ObjectStore } from '../../functions/ports/object-store.ts';
import { messagesOf } from '../../functions/stack/queue-events.ts';
import { bytesOf } from './bytes.ts';

export interface PlayedEndpoint extends Endpoint {
  /** Requests that it has not worked on, in order. */
  waiting: (EndpointRequest & { output: string })[];
  /** Works on the oldest request; what SageMaker would publish of it, as the stage `answers` gets it. */
  work(): Promise<AnswerMessage>;
}

/**
 * What SageMaker does with an asynchronous endpoint, at its essence: a request is kept until it is worked on, its input read
 * from S3 and posted to the container at `url`, and the answer stored before its topic tells of it.
 */
export function playedEndpoint(objects: ObjectStore, url: () => string, image: string): PlayedEndpoint {
  const waiting: PlayedEndpoint['waiting'] = [];
  let count = 0;
  const told = (request: EndpointRequest, more: object): AnswerMessage => {
    const notice = {
      ...{ awsRegion: 'eu-central-1', eventSource: 'aws:sagemaker', eventVersion: '1.0', eventName: 'InferenceResult' },
      inferenceId: request.id,
      requestParameters: { endpointName: 'played', inputLocation: `s3://bucket/${request.input.key}` },
      ...more,
    };
    return messagesOf('answers', JSON.stringify(notice))[0]!;
  };
  return {
    ...{ image, patienceSeconds: 22_500, waiting },
    async invoke(request) {
      const output = `${answersPrefix}${count++}`;
      waiting.push({ ...request, output });
      return {
        answer: { bucket: 'results', key: `${output}.out` },
        failure: { bucket: 'results', key: `${output}-error.out` },
      };
    },
    async work() {
      const request = waiting.shift()!;
      const body = await bytesOf(await objects.get(request.input));
      const headers: Record<string, string> = { 'Content-Type': 'application/x-npy' };
      if (request.attributes !== undefined) headers['X-Amzn-SageMaker-Custom-Attributes'] = request.attributes;
      const response = await fetch(new URL('/invocations', url()), {
        method: 'POST',
        headers,
        body: Buffer.from(body),
      });
      const answer = Buffer.from(await response.arrayBuffer());
      const key = response.ok ? `${request.output}.out` : `${request.output}-error.out`;
      await objects.put({ bucket: 'results', key }, answer);
      if (response.ok)
        return told(request, {
          invocationStatus: 'Completed',
          responseParameters: { contentType: 'application/x-npy', outputLocation: `s3://bucket/${key}` },
        });
      const kind = response.status < 500 ? 'client' : 'server';
      const failureReason = `Received ${kind} error (${response.status}) from primary with message "${answer}". See the log.`;
      return told(request, { invocationStatus: 'Failed', failureReason });
    },
  };
}
