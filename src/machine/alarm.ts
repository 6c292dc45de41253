/** When a machine has to wake by itself. A pure function of what is stored. */

/** What a machine has to do by itself. */
export interface Obligations {
  /** Streams with something unsent: when they may try; in the past for at once. */
  readonly unsentAt: readonly number[];
  /** When it has something to do of its own: a timer's event, the end of a wait; undefined: nothing. */
  readonly ownAt: number | undefined;
  /** When the next of what is kept goes; undefined: nothing does. */
  readonly retentionAt: number | undefined;
}

/**
 * The next alarm; undefined when there is nothing to do. Timers wait for nobody. Retention waits for what has to leave: it
 * would find the same rows unsent again and again.
 */
export function nextAlarmAt({ unsentAt, ownAt, retentionAt }: Obligations): number | undefined {
  const others = unsentAt.length > 0 ? unsentAt : retentionAt === undefined ? [] : [retentionAt];
  const all = ownAt === undefined ? others : [...others, ownAt];
  return all.length > 0 ? Math.min(...all) : undefined;
}
