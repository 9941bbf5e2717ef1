import { expect, it } from '@jest/globals';
import { readableLine } from '../../../cli/io/log-line.ts';

const line = (text: string) => readableLine({ time: '2026-11-29T19:00:00.000Z', stage: 'predict', text });

it.each([
  ["Lambda's own line", 'START RequestId: 1 Version: $LATEST', 'START RequestId: 1 Version: $LATEST'],
  [
    'a line of the logger',
    JSON.stringify({
      level: 'INFO',
      message: 'handled',
      timestamp: '2026-11-29T19:00:00Z',
      service: 'labdeploy-dev-predict',
      cold_start: false,
      function_arn: 'arn',
      function_memory_size: '3008',
      function_name: 'labdeploy-dev-predict',
      function_request_id: '1',
      sampling_rate: 0,
      xray_trace_id: '1-2',
      job: '0199',
      seconds: 2.5,
      channel: [0, 1],
    }),
    'INFO handled job=0199 seconds=2.5 channel=[0,1]',
  ],
  ['a line of metrics', '{"_aws":{"Timestamp":1},"service":"x","Images":1}', 'metrics Images=1'],
  ['a line that was cut off', '{"level":"INFO","message":"han', '{"level":"INFO","message":"han'],
])('%s is shown with time and stage', (_, text, expected) => {
  expect(line(text)).toBe(`2026-11-29T19:00:00.000Z predict ${expected}`);
});
