import { describeWith } from '../describe-with.ts';
import { pythonWith } from '../python-environment.ts';
import { type Engine, findEngine } from './engine.ts';

/** A suite that deploys with the real engine to moto: it needs the engine, its AWS plugin and moto. */
export const describeWithEngine = (name: string, suite: (engine: Engine) => void): Promise<void> =>
  describeWith(
    name,
    async () => {
      await pythonWith();
      return findEngine();
    },
    suite,
  );
