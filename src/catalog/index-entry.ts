/** What a machine tells the index about itself. */

/** A machine's row of the index, and the events decided since the last telling. */
export interface IndexEntry {
  readonly tenant: string;
  readonly configuration: string;
  readonly id: string;
  readonly version: string;
  readonly state: string;
  readonly revision: number;
  /** Counts every indexed change of this life of the id; with createdAt it orders writes. */
  readonly change: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** JSON object of strings. */
  readonly labels: string;
  /** Decided events, accepted and refused, for look-up by (configuration, event id). */
  readonly events: readonly { readonly eventId: string; readonly at: number }[];
}
