/** An event that Detent sends itself, unless the state is left before. */
export interface Timer {
  /** The position of its transition in the configuration. */
  readonly position: number;
  readonly event: string;
  /** Where its transition leads; a guard of another one of the same event may decide otherwise. */
  readonly to: string;
  /** Epoch ms. */
  readonly dueAt: number;
}

/** The id of the event, which tells it from every other: of a state entered with that revision, that transition. */
export function timerEventId(revision: number, { position }: Pick<Timer, "position">): string {
  return `timer:${revision}:${position}`;
}

/** In the order in which they are sent: as they are due, and of one time as the configuration has them. */
export function sortTimers(timers: readonly Timer[]): Timer[] {
  return timers.toSorted((a, b) => a.dueAt - b.dueAt || a.position - b.position);
}
