import type { SynthOptions } from '../actions/synth.ts';
import type { CommandContext } from '../context.ts';
import { stackCommand, withConfig } from './stack-options.ts';

export const synthCommand = (context: CommandContext) =>
  withConfig(stackCommand('synth', 'print every resource of a deployment as JSON, without an account'))
    .option('--account <id>', 'number of the account whose names are wanted', '123456789012')
    .addHelpText(
      'after',
      `
Examples:
  labdeploy synth --region eu-central-1 > plan.json       all resources with their settings
  labdeploy synth --config dashboard=true                 with other settings than those of Pulumi.STACK.yaml

It asks neither AWS nor the engine. What only AWS can say, such as the address of the page, is in words like [labdeploy-page.domainName].`,
    )
    .action(async (options: SynthOptions) => {
      const { synth } = await import('../actions/synth.ts');
      await synth(options, context);
    });
