/** Keeps to the times of retention: prunes what has outlived them, retires the machine, and forgets it in the end. */
import { deletionOf } from "./changes.ts";
import type { MachineDeps } from "./deps.ts";
import type { Outbox } from "./outbox.ts";
import type { Present } from "./present.ts";
import { dueOf, GONE_FOR_MS, policyOf, retentionDueAt, ROWS_PER_WAKE } from "./retention.ts";
import { RetentionStore } from "./retention-store.ts";
import type { IdentityRow } from "./rows.ts";
import type { MachineStore } from "./store.ts";

interface KeeperParts {
  readonly deps: MachineDeps;
  readonly store: MachineStore;
  readonly outbox: Outbox;
  readonly present: () => Present | undefined;
  /** Refuses the events that wait, since nothing comes for them any more, and tells of what is yet to be told. */
  readonly conclude: (live: Present) => void;
  /** Forgets everything: the machine is no more. */
  readonly deleteAll: () => Promise<void>;
}

export class RetentionKeeper {
  readonly #parts: KeeperParts;
  readonly #store: RetentionStore;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#store = new RetentionStore(parts.deps.sql);
  }

  /** When there is something to do next; undefined: never, as things are. */
  dueAt(): number | undefined {
    const live = this.#parts.present();
    return live && retentionDueAt(live, this.#policyOf(live), this.#store);
  }

  /** How long a refused receipt is kept. */
  outcomesMs(): number {
    const live = this.#parts.present();
    return live === undefined ? 0 : this.#policyOf(live).outcomesMs;
  }

  /** Does what is due. */
  async keep(): Promise<void> {
    const live = this.#parts.present();
    if (live === undefined) return;
    const due = dueOf(live, this.#policyOf(live), this.#store, this.#parts.deps.now());
    if (due === undefined) return;
    switch (due.action) {
      case "prune": {
        const { outcomesBefore, historyBefore } = due;
        this.#parts.deps.transaction(() => {
          this.#store.pruneOutcomes(outcomesBefore, ROWS_PER_WAKE);
          if (historyBefore !== undefined) this.#store.pruneTransitions(historyBefore, ROWS_PER_WAKE);
          if (live.identity.retiredAt !== null) this.#store.forgetContent();
        });
        if (live.identity.retiredAt !== null) live.identity = { ...live.identity, labels: "{}" };
        return;
      }
      case "retire": {
        return this.retire(live, "");
      }
      case "delete": {
        return await this.#parts.deleteAll();
      }
      default:
        return due satisfies never;
    }
  }

  /** Ends the machine by the will of `actor`, or since its time is up: from here on everything goes. */
  retire(live: Present, actor: string): void {
    const { deps, store, outbox } = this.#parts;
    this.#parts.conclude(live);
    const identity: IdentityRow = {
      ...live.identity,
      retiredAt: Math.max(deps.now(), live.updatedAt),
      retiredBy: actor,
      unheard: outbox.unheard,
      extraChanges: live.identity.extraChanges + 1,
    };
    outbox.commit(() => store.storeIdentity(identity));
    live.identity = identity;
    deps.tellWatchers(() => deletionOf(live));
    outbox.flushSoon();
  }

  /** Whether the machine's time of being gone is over. */
  isFree(): boolean {
    const retiredAt = this.#parts.present()?.identity.retiredAt ?? undefined;
    return retiredAt !== undefined && this.#parts.deps.now() >= retiredAt + GONE_FOR_MS;
  }

  #policyOf(live: Present) {
    return policyOf(live, this.#parts.deps.retention());
  }
}
