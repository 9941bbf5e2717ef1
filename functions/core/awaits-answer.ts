/** A request is on its way to a model that answers in its own time: the same request finds the answer later. */
export class AwaitsAnswer extends Error {
  /** Names the request. */
  readonly request: string;

  constructor(request: string) {
    super(`the answer to ${request} is awaited`);
    this.request = request;
  }
}
