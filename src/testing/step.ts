/** What a scenario is made of: steps, each with what is done and what is expected then; and forks. */
import type { Data, NewMachine } from "./target.ts";

/** Where a step was written: a stack without the kit's own frames, or a line of a file. */
export interface Site {
  readonly stack?: string;
  readonly line?: number;
}

/** An event as a step has it; without an id the step's place makes one. */
interface EventAction {
  readonly kind: "send";
  readonly event: string;
  readonly eventId?: string;
  readonly data?: Data;
  readonly details?: string;
  readonly originator?: string;
  readonly expectedState?: string;
  readonly expectedRevision?: number;
  readonly createIfMissing?: NewMachine;
}

export type Action =
  | { readonly kind: "none" }
  | ({ readonly kind: "create" } & NewMachine)
  | EventAction
  /** `text` is the duration as it was written. */
  | { readonly kind: "pass"; readonly ms: number; readonly text: string };

/** What a machine has to be like; what is absent does not matter. */
export interface MachineMatch {
  /** Partial: what is not named does not matter. */
  readonly data?: unknown;
  /** The whole of it. */
  readonly exactData?: unknown;
  readonly labels?: unknown;
  readonly revision?: number;
  readonly final?: boolean;
  /** Names of all events that the machine would take, or would for some data; in any order. */
  readonly allowed?: readonly string[];
}

/** What a refusal has to be like; what is absent does not matter. */
export interface RefusalMatch {
  /** A part of the message, or a pattern for it. */
  readonly message?: string | RegExp;
  /** JSON Pointer of a field that is blamed. */
  readonly pointer?: string;
  /** The rule that a field breaks. */
  readonly rule?: string;
}

export type Expected =
  | ({ readonly kind: "state"; readonly state: string } & MachineMatch)
  | ({ readonly kind: "refused"; readonly reason?: string } & RefusalMatch)
  /** The receipt of the first time is answered again. */
  | { readonly kind: "ignored" | "deferred" | "duplicate" }
  /** The machine was retired. */
  | { readonly kind: "gone" };

export interface ActionStep {
  readonly kind: "action";
  readonly action: Action;
  /** Absent only where a scenario begins: then it has to be done. */
  readonly expected?: Expected;
  readonly site: Site;
}

interface ForkStep {
  readonly kind: "fork";
  readonly name: string;
  readonly steps: readonly Step[];
  readonly site: Site;
}

export type Step = ActionStep | ForkStep;
