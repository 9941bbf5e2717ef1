/** What a report says of one row: its line of the table, and how it was measured. */
export interface EarlierRow {
  line: string;
  section: string | undefined;
}

/** Rows of a RESULTS.md by name. */
export function earlierRows(report: string): Map<string, EarlierRow> {
  const sections = new Map(
    report
      .split(/^### /m)
      .slice(1)
      .map((text) => [text.slice(0, text.indexOf('\n')), `### ${text.trimEnd()}\n`]),
  );
  const lines = report.split('\n').flatMap((line) => {
    const name = /^\| `([^`]+)` \| /.exec(line)?.[1];
    return name === undefined ? [] : [[name, { line, section: sections.get(name) }] as const];
  });
  return new Map(lines);
}
