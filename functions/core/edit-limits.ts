/** Numbers of one operation's runs: 40,000 rows of pixels. */
export const mostRunNumbers = 120_000;
