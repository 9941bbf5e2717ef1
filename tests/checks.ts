/** A script of package.json that must pass. */
export interface Check {
  name: string;
  /** Of `npm run`. */
  script: readonly string[];
  /** Added to the niceness: those with more have the processor where others wait. */
  nice?: number;
}

const jest = (name: string, projects: readonly string[], ...options: string[]) => ({
  name,
  script: ['jest', '--', '--selectProjects', ...projects, ...options],
});

/** Rows run side by side, the checks of a row one after another. */
export const rows: readonly (readonly Check[])[] = [
  // Mostly waits, for queues and distributions and for one another's engine, and is the longest: it has precedence.
  [jest('deployments', ['aws', 'deployer'], '--maxWorkers=4')],
  [
    { ...jest('tests', ['unit', 'fuzz', 'contract', 'graph']), nice: 5 },
    { ...jest('end to end', ['cli', 'e2e']), nice: 5 },
  ],
  [
    { name: 'types', script: ['types'], nice: 5 },
    { name: 'lint', script: ['lint'], nice: 5 },
  ],
];
/** Measures what the machine gives it. */
export const alone: Check = { name: 'load', script: ['test:load'] };
