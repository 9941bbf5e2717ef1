/** One project a folder of tests, so that `npm run test:unit` is the fast half of `npm test`. */
const project = (displayName, extra = {}) => ({
  displayName,
  testEnvironment: 'node',
  testMatch: [`<rootDir>/tests/${displayName}/**/*.test.ts`],
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
  projects: [project('unit'), project('contract'), project('graph'), project('cli'), project('e2e'), project('aws')],
};
