/** A person of the lab who may sign in. */
export interface Person {
  /** The `sub` of its tokens. */
  id: string;
  email: string;
}

/** Who is in the lab. */
export interface People {
  /** By id or e-mail address; undefined for whoever is not there, is not let in yet, or may not sign in any more. */
  find(account: string): Promise<Person | undefined>;
}
