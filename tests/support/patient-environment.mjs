import { TestEnvironment } from 'jest-environment-node';
import { patience } from './patience.ts';

/** No patience goes beyond this, but for a test that asks for more. */
const longest = 30 * 60_000;

/** Jest's environment, where tests and hooks may take longer than they say. */
export default class PatientEnvironment extends TestEnvironment {
  handleTestEvent({ name, hook, test }, state) {
    const started = { hook_start: hook, test_fn_start: test }[name];
    if (started === undefined) return;
    const asked = started.timeout ?? state.testTimeout;
    started.timeout = Math.max(asked, Math.min(asked * patience, longest));
  }
}
