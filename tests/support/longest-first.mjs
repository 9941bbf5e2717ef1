import Sequencer from '@jest/test-sequencer';

/** Suites of minutes; a fresh clone has no times of earlier runs to order them by. */
const longest = /\/tests\/(aws\/service|deployer\/[\w-]+)\.test\.ts$/;

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [...sorted.filter(({ path }) => longest.test(path)), ...sorted.filter(({ path }) => !longest.test(path))];
  }
}
