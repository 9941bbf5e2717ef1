/** First word of the names of the state's bucket and passphrase, whatever the base name of the stacks is that it has. */
export const stateBaseName = 'labdeploy';

/** Where `up` keeps what the broker of sign-ins of a stack signs with, and its secrets: a SecureString of SSM. */
export const brokerParameter = (stack: string): string => `/${stateBaseName}/broker/${stack}`;

/** Where the lab keeps the secret of a payment service of a stack: a SecureString of SSM. */
export const billingParameter = (stack: string): string => `/${stateBaseName}/billing/${stack}`;
