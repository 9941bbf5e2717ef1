import type { ProblemView } from '../../functions/contract/schemas.ts';

/** An answer of the service that says no. */
export class ServiceProblem extends Error {
  readonly problem: ProblemView;

  constructor(problem: ProblemView) {
    super(`${problem.title}: ${problem.detail}`);
    this.name = 'ServiceProblem';
    this.problem = problem;
  }
}
