import type { Command, Option } from 'commander';

/** What can be typed after the words of one command. */
export interface CommandNode {
  /** Words that lead there, without the program's own: `['users', 'add']`. */
  words: string[];
  /** Commands that may follow. */
  commands: { name: string; summary: string }[];
  options: TypedOption[];
  /** Values of the arguments that have fixed ones. */
  choices: readonly string[];
}

export interface TypedOption {
  /** `--stack`; absent where there is only a short one. */
  long?: string;
  /** `-s`. */
  short?: string;
  description: string;
  takesValue: boolean;
  /** Its fixed values. */
  choices: readonly string[];
}

/** Every command of a program, itself first. Hidden options and commands are none. */
export function commandNodes(program: Command, words: string[] = []): CommandNode[] {
  const help = program.createHelp();
  const commands = help.visibleCommands(program).filter((command) => command.name() !== 'help');
  return [
    {
      words,
      commands: commands.map((command) => ({ name: command.name(), summary: help.subcommandDescription(command) })),
      options: help.visibleOptions(program).map(typedOption),
      choices: program.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
    },
    ...commands.flatMap((command) =>
      [command.name(), ...command.aliases()].flatMap((name) => commandNodes(command, [...words, name])),
    ),
  ];
}

const typedOption = ({ long, short, description, required, optional, argChoices = [] }: Option): TypedOption => ({
  ...(long != null && { long }),
  ...(short != null && { short }),
  ...{ description, takesValue: required || optional, choices: argChoices },
});

/** As they are typed. */
export const namesOf = ({ long, short }: TypedOption): string[] =>
  [long, short].filter((name): name is string => name !== undefined);
