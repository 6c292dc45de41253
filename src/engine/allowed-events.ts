import type { Configuration } from "./configuration.ts";

/** Whether an event would be taken in a state. */
export interface AllowedEvent {
  readonly event: string;
  /** `depends`: a guard reads the event's data. */
  readonly allowed: "yes" | "no" | "depends";
  /** The state it leads to, when that is known. */
  readonly to?: string;
  /** Why not. */
  readonly reason?: "NO_TRANSITION";
}

/** What every event of the configuration would do in `state`, in the configuration's order. */
export function listAllowedEvents(configuration: Configuration, state: string): AllowedEvent[] {
  const edges = configuration.edges.get(state);
  return configuration.events.map((event) => {
    const first = edges?.get(event)?.[0];
    return first ? { event, allowed: "yes", to: first.to } : { event, allowed: "no", reason: "NO_TRANSITION" };
  });
}

/** The names of the events that may be taken in `state`, in the configuration's order. */
export function listAllowedNames(configuration: Configuration, state: string): string[] {
  const edges = configuration.edges.get(state);
  return configuration.events.filter((event) => edges?.has(event));
}
