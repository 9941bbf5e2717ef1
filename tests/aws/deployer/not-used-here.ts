/** `{statement} {action}` of the deployer that no test can show to be needed, and why. */
export const notUsedHere: Readonly<Record<string, string>> = {};
