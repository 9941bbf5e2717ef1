/** labdeploy's own: build/bundle writes it into the code. */
export const version = process.env.LABDEPLOY_VERSION ?? '0.0.0';
