/** Node that labdeploy needs, and that its functions run on. No more than this may be here: an old Node reads it. */
export const nodeVersion = 24;
