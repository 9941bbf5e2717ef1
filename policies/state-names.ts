/** First word of the names of the state's bucket and passphrase, whatever the base name of the stacks is that it has. */
export const stateBaseName = 'labdeploy';
