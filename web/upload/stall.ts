/** Milliseconds: nothing of a request moved for so long, so the connection is dead, whatever the system says. */
export const stallMs = 60_000;
