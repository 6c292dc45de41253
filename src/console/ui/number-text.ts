/** Numbers as text. */

const GROUPED = new Intl.NumberFormat("en");

/** `12,345`. */
export function formatCount(count: number): string {
  return GROUPED.format(count);
}

/** `1 machine`, `2 machines`. */
export function formatCountOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}
