import type { CommandContext } from '../context.ts';
import type { StackOptions } from '../deploy/stack.ts';
import { stackCommand } from './stack-options.ts';

export const doctorCommand = (context: CommandContext) =>
  stackCommand('doctor', 'check everything that a deployment needs')
    .addHelpText('after', '\nExample:\n  labdeploy doctor --region eu-central-1')
    .action(async (options: StackOptions) => {
      const { doctor } = await import('../actions/doctor.ts');
      await doctor(options, context);
    });
