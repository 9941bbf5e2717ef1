/** Lines of a program that ended which are shown, and characters of each. */
const [keptLines, keptCharacters] = [50, 500];

/** What a program wrote last. */
export class LastLines {
  readonly lines: string[] = [];

  add(line: string): void {
    this.lines.push(line.slice(0, keptCharacters));
    if (this.lines.length > keptLines) this.lines.shift();
  }
}
