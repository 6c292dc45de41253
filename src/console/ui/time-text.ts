/** Instants and durations as text. */

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
] as const;

const two = (value: number): string => String(value).padStart(2, "0");

/** `2026-11-27 14:05:09` in the zone of the reader. */
export function formatInstant(ms: number): string {
  const at = new Date(ms);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** The two largest units of a duration: `2 d 3 h`, `4 min 5 s`; `0 s` for less than a second, whichever way. */
export function formatDuration(ms: number): string {
  const parts: string[] = [];
  let rest = Math.abs(ms);
  for (const [unit, length] of UNITS) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? "0 s" : parts.join(" ");
}

/** `just now`, `3 min ago`, `in 2 d`: the largest unit. */
export function formatAgo(ms: number, now: number): string {
  const age = now - ms;
  for (const [unit, length] of UNITS) {
    const count = Math.floor(Math.abs(age) / length);
    if (count > 0 && (unit !== "s" || count >= 10)) return age > 0 ? `${count} ${unit} ago` : `in ${count} ${unit}`;
  }
  return "just now";
}
