/**
 * What pages are, as `--axes` and the API take it: letters of P (positions), T (times), Z (depths) and C (channels), each
 * once, slowest first, with or without a size (`TZC`, `C2T3`); `YX` at the end is allowed.
 */
export const axesPattern = /^(?!.*([PTZC]).*\1)(?:[PTZC](?:[1-9][0-9]{0,8})?){1,4}(?:YXS?)?$/;
