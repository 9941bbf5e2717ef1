/**
 * Times that a test allows are those of a quiet machine: on a busy one it takes longer and is no failure, so what hangs is
 * cut off after so many times as long.
 */
export const patience = 10;
