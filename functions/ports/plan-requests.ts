/** A person of the lab asks for another plan. */
export interface PlanRequest {
  /** The `sub` of their tokens. */
  person: string;
  /** Name of the plan that is wanted. */
  plan: string;
  /** Milliseconds since 1970. */
  askedAt: number;
}

/** What people ask of administrators: at most one request a person. What was acknowledged survives the death of the process. */
export interface PlanRequests {
  /** Takes the place of an earlier request of the person. */
  ask(request: PlanRequest): Promise<void>;
  find(person: string): Promise<PlanRequest | undefined>;
  /** Oldest first. */
  list(): Promise<PlanRequest[]>;
  /** With `plan`: only a request for that one. Removing what is not there is no error. */
  remove(person: string, plan?: string): Promise<void>;
}
