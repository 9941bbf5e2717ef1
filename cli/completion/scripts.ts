import { type CommandNode, namesOf } from './command-tree.ts';

/** Scripts that complete `labdeploy` in a shell. All that they offer comes from the command tree. */
export const shellScripts = { bash, zsh, fish };
export type Shell = keyof typeof shellScripts;

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
/** `users add`; empty for the program itself. */
const nameOf = ({ words }: CommandNode): string => words.join(' ');

/** Options of a command that take a value: what they take, or nothing fixed. */
const valued = (node: CommandNode) =>
  node.options
    .filter(({ takesValue }) => takesValue)
    .flatMap((option) => namesOf(option).map((name) => ({ name, choices: option.choices })));

/** `case` of the shells that have one alike: from a node and a word to the node that the word leads to. */
const steps = (nodes: readonly CommandNode[], indent: string): string =>
  nodes
    .slice(1)
    .map(({ words }) => `${indent}"${words.slice(0, -1).join(' ')}|${words.at(-1)}") at="${words.join(' ')}" ;;`)
    .join('\n');

function bash(nodes: readonly CommandNode[]): string {
  const values = nodes.flatMap((node) =>
    valued(node).map(
      ({ name, choices }) =>
        `    "${nameOf(node)}|${name}") ${choices.length === 0 ? 'return' : `COMPREPLY=($(compgen -W ${quoted(choices.join(' '))} -- "$word")); return`} ;;`,
    ),
  );
  const words = nodes.map((node) => {
    const all = [...node.commands.map(({ name }) => name), ...node.choices, ...node.options.flatMap(namesOf)];
    return `    "${nameOf(node)}") words=${quoted(all.join(' '))} ;;`;
  });
  return `# bash completion of labdeploy; made by: labdeploy completion bash
_labdeploy() {
  local word="\${COMP_WORDS[COMP_CWORD]}" at="" words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at|\${COMP_WORDS[i]}" in
${steps(nodes, '      ')}
    esac
  done
  COMPREPLY=()
  case "$at|\${COMP_WORDS[COMP_CWORD - 1]}" in
${values.join('\n')}
  esac
  case "$at" in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _labdeploy labdeploy
`;
}

function zsh(nodes: readonly CommandNode[]): string {
  const described = (name: string, description: string) => quoted(`${name.replaceAll(':', '\\:')}:${description}`);
  const values = nodes.flatMap((node) =>
    valued(node).map(
      ({ name, choices }) =>
        `    ("${nameOf(node)}|${name}") ${choices.length === 0 ? '_files' : `compadd -- ${choices.map(quoted).join(' ')}`}; return ;;`,
    ),
  );
  const found = nodes.map((node) => {
    const all = [
      ...node.commands.map(({ name, summary }) => described(name, summary)),
      ...node.choices.map((choice) => described(choice, '')),
      ...node.options.flatMap((option) => namesOf(option).map((name) => described(name, option.description))),
    ];
    return `    ("${nameOf(node)}") found=(${all.join(' ')}) ;;`;
  });
  return `#compdef labdeploy
# zsh completion of labdeploy; made by: labdeploy completion zsh
_labdeploy() {
  local at="" i
  local -a found
  for ((i = 2; i < CURRENT; i++)); do
    case "$at|$words[i]" in
${steps(nodes, '      ').replaceAll(/^( +)"/gm, '$1("')}
    esac
  done
  case "$at|$words[CURRENT-1]" in
${values.join('\n')}
  esac
  case "$at" in
${found.join('\n')}
  esac
  _describe labdeploy found
  _files
}
compdef _labdeploy labdeploy
`;
}

function fish(nodes: readonly CommandNode[]): string {
  const lines = nodes.flatMap((node) => {
    const here = `complete -c labdeploy -n ${quoted(`__labdeploy_at "${nameOf(node)}"`)}`;
    return [
      ...node.commands.map(({ name, summary }) => `${here} -f -a ${name} -d ${quoted(summary)}`),
      ...(node.choices.length === 0 ? [] : [`${here} -f -a ${quoted(node.choices.join(' '))}`]),
      ...node.options.map(({ long, short, description, takesValue, choices }) =>
        [
          here,
          ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
          ...(long === undefined ? [] : [`-l ${long.slice(2)}`]),
          ...(takesValue ? ['-r'] : []),
          ...(choices.length === 0 ? [] : [`-f -a ${quoted(choices.join(' '))}`]),
          `-d ${quoted(description)}`,
        ].join(' '),
      ),
    ];
  });
  const next = nodes
    .slice(1)
    .map(
      ({ words }) =>
        `            case ${quoted(`${words.slice(0, -1).join(' ')}|${words.at(-1)}`)}\n                set at ${quoted(words.join(' '))}`,
    );
  return `# fish completion of labdeploy; made by: labdeploy completion fish
function __labdeploy_at
    set -l at ''
    for word in (commandline -opc)[2..-1]
        switch "$at|$word"
${next.join('\n')}
        end
    end
    test "$at" = "$argv[1]"
end
${lines.join('\n')}
`;
}
