/** A rule of the archive, broken: each text `was` stands once in its file, and becomes the other. */
export interface Mutant {
  rule: string;
  /** Below `functions`. */
  edits: readonly { file: string; was: string; becomes: string }[];
  /** Test files that hold the rule, by their paths, where no schedule can find it. */
  tests?: readonly string[];
}

export const edit = (file: string, was: string, becomes: string) => ({ file, was, becomes });
type Text = [file: string, was: string, becomes: string];
export const broken = (rule: string, ...[file, was, becomes, tests]: [...Text, tests?: readonly string[]]): Mutant => ({
  rule,
  edits: [edit(file, was, becomes)],
  ...(tests && { tests }),
});
