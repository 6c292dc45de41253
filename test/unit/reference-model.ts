/**
 * What the engine should do, written as naively as possible and without any of its code: every question
 * is answered by reading the raw transitions again from the top.
 */
export interface RawConfiguration {
  name: string;
  states: string[];
  starting_state: string;
  transitions: { from: string; to: string; event: string }[];
  initial_states?: string[];
}

export type Expected =
  | { ok: true; state: string; position: number }
  | { ok: false; reason: "UNKNOWN_EVENT" | "NO_TRANSITION" };

export function isFinal(raw: RawConfiguration, state: string): boolean {
  for (const transition of raw.transitions) {
    if (transition.from === state) return false;
  }
  return true;
}

export function canStartIn(raw: RawConfiguration, state: string): boolean {
  if (raw.initial_states === undefined || raw.initial_states.length === 0) return raw.states.includes(state);
  return raw.initial_states.includes(state);
}

export function expectStep(raw: RawConfiguration, state: string, event: string): Expected {
  let known = false;
  for (let i = 0; i < raw.transitions.length; i++) {
    const transition = raw.transitions[i]!;
    if (transition.event !== event) continue;
    known = true;
    const fromHere = transition.from === state || (transition.from === "*" && !isFinal(raw, state));
    if (fromHere) return { ok: true, state: transition.to, position: i };
  }
  return { ok: false, reason: known ? "NO_TRANSITION" : "UNKNOWN_EVENT" };
}

export function allEvents(raw: RawConfiguration): string[] {
  const events: string[] = [];
  for (const { event } of raw.transitions) {
    if (!events.includes(event)) events.push(event);
  }
  return events;
}
