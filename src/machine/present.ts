/** The machine as it is now, and how far what leaves has got: in memory, assigned only after a transaction has returned. */
import type { Configuration } from "../engine/configuration.ts";
import type { MachineAddress } from "./calls.ts";
import type { IdentityRow, OutcomeRow, TransitionRow } from "./rows.ts";

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

/** A machine that is to be created: nothing has happened to it. */
export function presentAtCreation(
  address: MachineAddress,
  configuration: Configuration,
  created: { readonly state: string; readonly labels: string; readonly at: number },
): Present {
  const { state, labels, at } = created;
  const identity: IdentityRow = {
    tenant: address.tenant,
    configuration: address.configuration,
    id: address.id,
    createdAt: at,
    labels,
    extraChanges: 0,
    retiredAt: null,
    retiredBy: "",
    unheard: [],
  };
  return { identity, configuration, state, revision: 0, updatedAt: at, decidedAt: at, outcomeSeq: 0, notices: 0 };
}

/** Moves the machine on by a change that is stored. */
export function moveTo(present: Present, row: TransitionRow): void {
  present.revision = row.revision;
  present.state = row.state;
  present.updatedAt = present.decidedAt = row.at;
}

/** Counts an outcome that is stored. */
export function countOutcome(present: Present, row: OutcomeRow): void {
  present.outcomeSeq = row.seq;
  present.notices = row.notice;
  present.decidedAt = row.at;
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
