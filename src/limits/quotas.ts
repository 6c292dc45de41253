/** What a tenant may have and do. */
export interface Quotas {
  /** Living machines; absent, here and below: any number. */
  readonly machines?: number;
  /** Versions count one by one. */
  readonly configurations?: number;
  /** Events that its machines decide in a day of UTC, and those that find no machine. */
  readonly eventsPerDay?: number;
  /** Requests and events of one key in a second. */
  readonly requestsPerSecond?: number;
}

export const QUOTA_NAMES = ["machines", "configurations", "eventsPerDay", "requestsPerSecond"] as const;

/** What a tenant has, and has done today. */
export interface Usage {
  readonly machines: number;
  readonly configurations: number;
  readonly eventsToday: number;
}
