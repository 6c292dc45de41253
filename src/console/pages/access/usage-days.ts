/** Events by day, for a picture of them. Knows no DOM. */

export interface DayCount {
  /** Of UTC, as `2026-11-26`. */
  readonly day: string;
  readonly events: number;
}

const DAY_MS = 24 * 60 * 60_000;
/** The service answers from 30 days ago on. */
export const DAYS_SHOWN = 31;

/** Each of the last `DAYS_SHOWN` days of UTC, oldest first, those without events among them. */
export function fillDays(days: readonly DayCount[], now: number): DayCount[] {
  const counts = new Map(days.map(({ day, events }) => [day, events]));
  return Array.from({ length: DAYS_SHOWN }, (_, i) => {
    const day = new Date(now - (DAYS_SHOWN - 1 - i) * DAY_MS).toISOString().slice(0, 10);
    return { day, events: counts.get(day) ?? 0 };
  });
}
