import { explain } from '../errors.ts';
import { type EventName, type Events, events, type Io } from './events.ts';

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

/** Text for people. A live last line where stderr is a terminal; a plain progress line every ten seconds elsewhere. */
export function terminalHost({ out, err }: Streams, { colour, live }: { colour: boolean; live: boolean }): Host {
  const paint = (code: number, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  let drawn = false;
  let lastPlain = Number.NEGATIVE_INFINITY;
  const clear = () => {
    if (drawn) err.write('\r\u001b[2K');
    drawn = false;
  };
  const progress = (text: string) => {
    if (live) {
      const line = [...text].slice(0, (err.columns ?? 80) - 1).join('');
      err.write(`\r\u001b[2K${paint(36, line)}`);
      drawn = true;
    } else {
      const now = performance.now() / 1000;
      if (now - lastPlain < plainEverySeconds) return;
      lastPlain = now;
      err.write(`${text}\n`);
    }
  };
  return {
    emit<E extends EventName>(name: E, data: Events[E]) {
      const { level, text } = events[name] as { level: string; text: (data: Events[E]) => string };
      const line = text(data);
      if (level === 'detail') return;
      if (level === 'progress') return progress(line);
      clear();
      if (level === 'result') out.write(`${line}\n`);
      else err.write(`${level === 'warn' ? paint(33, line) : line}\n`);
    },
    fail(error, debug) {
      clear();
      const { code, what, why, next } = explain(error);
      err.write(`${paint(31, 'error')}: ${what} [${code}]\n  why:  ${why}\n  next: ${next}\n`);
      if (debug && error instanceof Error)
        err.write(
          `${error.stack}\n${error.cause === undefined ? '' : `cause: ${String((error.cause as Error).stack ?? error.cause)}\n`}`,
        );
    },
    close: clear,
  };
}

/** One JSON object a line on stdout: events as they come, the result, or the error. */
export function jsonHost({ out, err }: Streams): Host {
  return {
    emit(name, data) {
      out.write(
        `${JSON.stringify(name === 'inspect.file' ? inspectLine(data as Events['inspect.file']) : { event: name, ...data })}\n`,
      );
    },
    fail(error, debug) {
      const { exit, ...rest } = explain(error);
      out.write(`${JSON.stringify({ event: 'error', ...rest, exit })}\n`);
      if (debug && error instanceof Error) err.write(`${error.stack}\n`);
    },
    close() {},
  };
}

/** A line of `inspect --json` is the report itself: the documented format has no event around it. */
const inspectLine = ({ file, report, failure }: Events['inspect.file']): object =>
  failure === undefined ? { file, ...report } : { file, error: failure };
