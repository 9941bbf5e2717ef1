/** What an address belongs to: nobody, somebody who was invited and has not come yet, or an account. */
export type AddressState = 'free' | 'invited' | 'taken';

/** Who somebody is at an institution. */
export interface FederatedIdentity {
  /** As the pool calls the institution. */
  provider: string;
  subject: string;
}

/** Lets people of institutions have accounts of the pool, like all others. */
export interface FederatedPeople {
  stateOf(email: string): Promise<AddressState>;
  /** An account for whoever comes with an institution; no mail goes out. */
  make(email: string, name: string | undefined): Promise<void>;
  /** From now on the identity signs in to the account of the address. */
  link(email: string, identity: FederatedIdentity): Promise<void>;
}
