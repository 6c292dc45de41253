/** When a machine has to wake by itself. A pure function of what is stored. */

/** What a machine has to do by itself. */
export interface Obligations {
  /** Streams with something unsent: when they may try; in the past for at once. */
  readonly unsentAt: readonly number[];
  /** When the next of what is kept goes; undefined: nothing does. */
  readonly retentionAt: number | undefined;
}

/**
 * The next alarm; undefined when there is nothing to do. Retention waits for what has to leave: it would find the same
 * rows unsent again and again.
 */
export function nextAlarmAt({ unsentAt, retentionAt }: Obligations): number | undefined {
  if (unsentAt.length > 0) return Math.min(...unsentAt);
  return retentionAt;
}
