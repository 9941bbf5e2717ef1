import type { Judged } from '../../support/simulated-account/authoriser/authoriser.ts';
import { roleOf } from '../../support/simulated-account/role-of.ts';
import type { SimulatedService } from '../../support/simulated-account/service.ts';

/** Ends the processes of a function whenever it is about to do something; undone by disposing. */
export function killWhen(service: SimulatedService, name: string, does: (judged: Judged) => boolean, times = 1) {
  const { authoriser, runner, outputs } = service;
  const named = outputs.functions[name]!;
  let left = times;
  authoriser.watch = (judged) => {
    if (judged.who !== roleOf(named) || !does(judged) || left === 0) return;
    left--;
    void runner.function(named).then((fn) => fn.kill());
  };
  return {
    [Symbol.dispose]() {
      delete authoriser.watch;
    },
  };
}

/** Waits until so many batches of a function were cut off. */
export const cutOff = async (
  { runner, outputs }: SimulatedService,
  name: string,
  from: number,
  count = 1,
): Promise<void> => {
  await runner.until(`${name} cut off ${count} times`, async () => {
    const batches = runner.batches.slice(from).filter((batch) => batch.function === outputs.functions[name]);
    return batches.filter(({ error }) => error?.startsWith('Runtime.ExitError')).length >= count || undefined;
  });
};
