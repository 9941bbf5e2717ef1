/** One project a folder of tests, so that `npm run test:unit` is the fast half of `npm test`. */
const project = (displayName, extra = {}) => ({
  displayName,
  testEnvironment: '<rootDir>/tests/support/patient-environment.mjs',
  testMatch: [`<rootDir>/tests/${displayName}/**/*.test.ts`],
  modulePathIgnorePatterns: ['<rootDir>/(dist|\\.cache)/'], // has packages of the same name
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  ...extra,
});

export default {
  testTimeout: 20_000, // for busy machines; what takes long says so itself
  testSequencer: '<rootDir>/tests/support/longest-first.mjs',
  maxWorkers: '100%', // half of them wait for other processes most of the time
  projects: ['unit', 'fuzz', 'contract', 'graph', 'cli', 'e2e', 'aws', 'load', 'deployer', 'image'].map((name) =>
    project(name),
  ),
};
