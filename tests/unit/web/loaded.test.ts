import { expect, it } from '@jest/globals';
import type { UseQueryResult } from '@tanstack/react-query';
import { ServiceError } from '../../../client/service-error.ts';
import type { ProblemView } from '../../../functions/contract/problem-view.ts';
import { loaded } from '../../../web/api/loaded.ts';

const look = (data: string | undefined, error: Error | null) => loaded({ data, error } as UseQueryResult<string>);
const gone = new ServiceError(404, { problem: { title: 'no such job', detail: 'it was deleted' } as ProblemView });

it('data stays while a later look for news fails, also by a 404 that is not of the service', () => {
  for (const error of [new ServiceError(0), new ServiceError(503), new ServiceError(404)])
    expect(look('a job', error)).toEqual({ state: 'ready', data: 'a job' });
});

it('data goes when the service says that it is gone', () => {
  expect(look('a job', gone)).toMatchObject({ state: 'failed', error: gone });
});

it('nothing has come yet, or failed to', () => {
  expect(look(undefined, null)).toEqual({ state: 'loading' });
  expect(look(undefined, gone)).toMatchObject({ state: 'failed', error: gone });
});
