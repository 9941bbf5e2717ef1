/** What runs a model, from when it answers /ping until it is disposed of. */
export interface RunningContainer extends AsyncDisposable {
  /** Where it answers. */
  url: string;
  /** The error of a request; where the program has ended, with how and its last lines. */
  explain(error: unknown): unknown;
}
