/**
 * How many of a machine's refused events are told one by one: so many a minute at most, the others together when it is
 * over. It knows no storage and no queue.
 */

/**
 * Unless a setting says otherwise. One every 60 ms: more than anybody reads one by one, while a queue, which takes 5,000 a
 * second, has room for 300 machines that are flooded.
 */
export const NOTIFICATIONS_PER_MINUTE = 1_000;

const WINDOW_MS = 60_000;

// Both are stored, as JSON, by these names.

/** Refused events without a message of their own: the times, epoch ms, of the first and the last, and how many. */
export interface Muted {
  readonly from: number;
  readonly refused: number;
  readonly until: number;
}

/** A minute from a refused event on; with some that are muted, until its summary is stored. */
export interface NoticeWindow {
  readonly beganAt: number;
  /** How many were told one by one. */
  readonly told: number;
  readonly muted: Muted | null;
}

/**
 * The window with one more event, refused at `at`, of which `most` are told; a new window where that one is over. Once one
 * is muted the next ones are, too: the summary, which counts them, ends the window.
 */
export function countRefused(window: NoticeWindow | null, at: number, most: number): NoticeWindow {
  if (window === null || (!window.muted && at >= summaryDueAt(window))) return { beganAt: at, told: 1, muted: null };
  const { told, muted } = window;
  if (!muted && told < most) return { ...window, told: told + 1 };
  const { from, refused } = muted ?? { from: at, refused: 0 };
  return { ...window, muted: { from, refused: refused + 1, until: at } };
}

/** When those that are muted are to be told of, epoch ms. */
export function summaryDueAt({ beganAt }: NoticeWindow): number {
  return beganAt + WINDOW_MS;
}
