/** How long it is until a timer is due. */
import { formatDuration } from "../../ui/time-text.ts";

/** `in 2 min 5 s`, `due now`; whole seconds, rounded up so that it never says too soon. Epoch ms. */
export function formatCountdown(dueAt: number, now: number): string {
  const left = Math.ceil((dueAt - now) / 1_000) * 1_000;
  return left <= 0 ? "due now" : `in ${formatDuration(left)}`;
}
