/** What a row must reach. Ratios say how many times faster (or smaller) ours is than the reference. */
export type Target = { atLeast: number } | { under: number; unit: Unit };

export type Unit = 's' | 'ms' | 'MB' | 'x' | 'USD';

/** One line of the table of design section 8. */
export interface Row {
  /** As it is given to `npm run bench -- NAME`. */
  name: string;
  what: string;
  target: Target;
}

/** Ours and the reference as they took turns: values of one index were measured one after the other. */
export interface Pairs {
  ours: number[];
  reference: number[];
  unit: Unit;
  /** What was run against what, so that a reader can repeat it. */
  commands: string[];
  notes?: string[];
}

/** Ours alone, measured a few times, in the unit of the row's target. */
export interface Values {
  values: number[];
  commands: string[];
  notes?: string[];
}

/** Not measured: what it would need that is not there. */
export interface Missing {
  missing: string;
}

export type Measured = Pairs | Values | Missing;

export interface Context {
  /** For rows that take many minutes a pair: so many instead of three. */
  pairs?: number;
  /** Tiny inputs, one pair: shows that the benchmark works, not how fast anything is. */
  quick: boolean;
  /** Empty, removed afterwards. */
  folder: string;
  /** Kept between runs: inputs that take long to make. */
  cache: string;
}

/** Rows that one piece of code measures together. */
export interface Benchmark {
  rows: readonly Row[];
  needs: readonly ToolName[];
  /** One entry for each row, by its name. */
  measure(context: Context): Promise<Record<string, Measured>>;
}

/** What must be on the machine (tools.ts). */
export type ToolName = 'bsdtar' | 'libtiff' | 'python' | 'proc' | 'chromium' | 'stardist' | 'cellpose';
