/** Changes of a machine, as its history has them and as watchers are told. */
import type { HistoryEntry } from "../gen/detent/v1/machine_pb.ts";
import type { JsonObject } from "./json.ts";
import { msOf } from "./time.ts";

/** What every change says. */
interface ChangeFacts {
  /** The revision that it led to; a deletion's is one more than the machine's last. */
  readonly revision: number;
  readonly eventId: string;
  /** The sender's claim, epoch ms; the machine's clock where the sender made none. */
  readonly timestamp: number;
  readonly originator: string;
  /** The key or token that did it. */
  readonly actor: string;
  /** The sender's, or an operator's comment. */
  readonly details: string;
  /** The event's; not checked against this module's types, since the machine may have had another version then. */
  readonly data: JsonObject;
}

/** An event moved the machine. */
export interface EventChange<State extends string = string, Event extends string = string> extends ChangeFacts {
  readonly kind: "event";
  readonly event: Event;
  readonly from: State;
  readonly to: State;
}

/** Another version, or an operator, moved the machine. */
export interface Intervention<State extends string = string> extends ChangeFacts {
  readonly kind: "migration" | "override";
  readonly from: State;
  readonly to: State;
}

/** The machine began; told to watchers only. */
export interface Creation<State extends string = string> extends ChangeFacts {
  readonly kind: "creation";
  readonly to: State;
}

/** The machine is gone; told to watchers only, and the last that they are told. */
export interface Deletion<State extends string = string> extends ChangeFacts {
  readonly kind: "deletion";
  readonly from: State;
}

/**
 * A change of a kind that this client does not know: the server is newer. It is told like every other, since a revision that is
 * left out would be a gap.
 */
export interface OtherChange extends ChangeFacts {
  readonly kind: "other";
  /** What the server calls it. */
  readonly otherKind: string;
  /** Empty where the server names none. */
  readonly from: string;
  readonly to: string;
}

/** A change in the history. */
export type HistoryChange<State extends string = string, Event extends string = string> =
  | EventChange<State, Event>
  | Intervention<State>
  | OtherChange;

/** A change that a watcher is told. */
export type WatchedChange<State extends string = string, Event extends string = string> =
  | HistoryChange<State, Event>
  | Creation<State>
  | Deletion<State>;

/** Reads a change. */
export function readChange(entry: HistoryEntry): WatchedChange {
  const { revision, kind, eventId, originator, actor, details, data = {}, transition } = entry;
  const facts = { revision, eventId, timestamp: msOf(entry.timestamp), originator, actor, details, data };
  const { from = "", to = "", event = "" } = transition ?? {};
  switch (kind) {
    case "event":
      return { ...facts, kind, event, from, to };
    case "migration":
    case "override":
      return { ...facts, kind, from, to };
    case "creation":
      return { ...facts, kind, to };
    case "deletion":
      return { ...facts, kind, from };
    default:
      return { ...facts, kind: "other", otherKind: kind, from, to };
  }
}
