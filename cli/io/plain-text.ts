/**
 * Control characters and those that turn the writing round: names of files and models come from others, and a terminal
 * obeys what they hold. Line feed and tab are layout.
 */
const unsafe = /(?![\n\t])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

const hex = (char: string): string => char.codePointAt(0)!.toString(16);

/** Text of an event or failure as a terminal may have it: `\u{1b}` stands for the character. */
export const plainText = (text: string): string => text.replace(unsafe, (char) => `\\u{${hex(char)}}`);

/** The same for JSON, in which an escape is the same value. */
export const plainJson = (json: string): string => json.replace(unsafe, (char) => `\\u${hex(char).padStart(4, '0')}`);
