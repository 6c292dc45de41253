/** Names of versions. */

/** More tries than there are versions with numbers at their end. */
const LONGEST = 63;

/** The next name after `version` that is free: `v4` after `v3`, `2026.2` after `2026.1`, `draft-2` after `draft`. */
export function nextVersion(version: string, taken: readonly string[]): string {
  const [, stem = "", digits] = /^(.*?)(\d+)$/.exec(version) ?? [];
  const names = new Set(taken);
  const head = digits === undefined ? `${version.slice(0, LONGEST - 6)}-` : stem;
  let number = digits === undefined ? 2n : BigInt(digits) + 1n;
  // `07` stays as wide as it is.
  const nameOf = (): string => `${head}${String(number).padStart(digits?.length ?? 1, "0")}`;
  while (names.has(nameOf())) number++;
  return nameOf();
}
