import { explain } from '../explain.ts';
import { type EventName, type Events, events, type Io } from './events.ts';
import { plainJson, plainText } from './plain-text.ts';

export interface Streams {
  out: NodeJS.WritableStream;
  err: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
}

/** Answers for one command: tells events, then its failure. */
export interface Host extends Io {
  fail(error: unknown, debug: boolean): void;
  /** Clears what is drawn live. */
  close(): void;
}

const plainEverySeconds = 10;

/** Text for people. Progress is redrawn in place where stderr is a terminal; elsewhere its first line, every ten seconds. */
export function terminalHost({ out, err }: Streams, { colour, live }: { colour: boolean; live: boolean }): Host {
  const paint = (code: number, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  let drawn = 0; // lines
  let lastPlain = Number.NEGATIVE_INFINITY;
  const erase = () => (drawn > 1 ? `\r\u001b[${drawn - 1}A\u001b[J` : '\r\u001b[2K');
  const clear = () => {
    if (drawn > 0) err.write(erase());
    drawn = 0;
  };
  const progress = (text: string) => {
    if (live) {
      const lines = text.split('\n').map((line) => [...line].slice(0, (err.columns ?? 80) - 1).join(''));
      err.write(`${erase()}${paint(36, lines.join('\n'))}`);
      drawn = lines.length;
    } else {
      const now = performance.now() / 1000;
      if (now - lastPlain < plainEverySeconds) return;
      lastPlain = now;
      err.write(`${text.split('\n')[0]}\n`);
    }
  };
  return {
    emit<E extends EventName>(name: E, data: Events[E]) {
      const { level, text } = events[name] as { level: string; text: (data: Events[E]) => string };
      const line = plainText(text(data));
      if (level === 'detail') return;
      if (level === 'progress') return progress(line);
      clear();
      if (level === 'result') out.write(`${line}\n`);
      else err.write(`${level === 'warn' ? paint(33, line) : line}\n`);
    },
    fail(error, debug) {
      clear();
      const { code, what, why, next } = explain(error);
      const [said, reason, advice] = [what, why, next].map(plainText);
      err.write(`${paint(31, 'error')}: ${said} [${code}]\n  why:  ${reason}\n  next: ${advice}\n`);
      if (debug && error instanceof Error)
        err.write(
          plainText(
            `${error.stack}\n${error.cause === undefined ? '' : `cause: ${String((error.cause as Error).stack ?? error.cause)}\n`}`,
          ),
        );
    },
    close: clear,
  };
}

/** One JSON object a line on stdout: events as they come, the result, or the error. */
export function jsonHost({ out, err }: Streams): Host {
  return {
    emit(name, data) {
      const line = name === 'inspect.file' ? inspectLine(data as Events['inspect.file']) : { event: name, ...data };
      out.write(`${plainJson(JSON.stringify(line))}\n`);
    },
    fail(error, debug) {
      const { exit, ...rest } = explain(error);
      out.write(`${plainJson(JSON.stringify({ event: 'error', ...rest, exit }))}\n`);
      if (debug && error instanceof Error) err.write(plainText(`${error.stack}\n`));
    },
    close() {},
  };
}

/** A line of `inspect --json` is the report itself: the documented format has no event around it. */
const inspectLine = ({ file, report, failure }: Events['inspect.file']): object =>
  failure === undefined ? { file, ...report } : { file, error: failure };
