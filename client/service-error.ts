import type { ProblemView } from '../functions/contract/problem-view.ts';

interface Answered {
  problem?: ProblemView | undefined;
  /** Milliseconds that the other side asks to wait. */
  waitMs?: number | undefined;
  /** Media type of the answer. */
  type?: string | undefined;
}

/** A request that did not give what it is for. `status` 0: no answer came, `cause` says why. */
export class ServiceError extends Error {
  readonly status: number;
  readonly problem: ProblemView | undefined;
  readonly waitMs: number | undefined;
  readonly type: string | undefined;

  constructor(status: number, { problem, waitMs, type }: Answered = {}, options?: ErrorOptions) {
    super(problem === undefined ? textOf(status) : `${problem.title}: ${problem.detail}`, options);
    this.name = 'ServiceError';
    this.status = status;
    this.problem = problem;
    this.waitMs = waitMs;
    this.type = type;
  }
}

const textOf = (status: number): string =>
  status === 0
    ? 'the service does not answer: check the connection, then try again'
    : `the service answered with status ${status}: try again in a minute`;
