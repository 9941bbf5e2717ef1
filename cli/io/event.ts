/** `result` goes to stdout, `progress` is drawn live where there is a terminal, `detail` is for programs alone, the rest goes to stderr. */
type Level = 'info' | 'warn' | 'detail' | 'progress' | 'result';

/** One thing a command can say: where it goes, and its words, which derive from the payload. */
export const event = <D>(level: Level, text: (data: D) => string) => ({ level, text });
