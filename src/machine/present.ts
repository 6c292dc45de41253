/** The machine as it is now, and how far what leaves has got: in memory, assigned only after a transaction has returned. */
import type { Configuration } from "../engine/configuration.ts";
import type { IdentityRow } from "./store.ts";

/** Mirror of the newest rows. */
export interface Present {
  identity: IdentityRow;
  readonly configuration: Configuration;
  revision: number;
  state: string;
  updatedAt: number;
  /** When the newest change or outcome was decided: time never goes back in a machine. */
  decidedAt: number;
  outcomeSeq: number;
  /** Notifications so far. */
  notices: number;
}

/** What the receivers have confirmed; -1: not even the creation. */
export interface Cursors {
  /** Revision and outcome the index has. */
  indexTransitions: number;
  indexOutcomes: number;
  /** Outcome the notifications queue has. */
  notifications: number;
  /** Revision the transitions queue has. */
  feed: number;
}
