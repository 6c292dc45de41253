/** What must be in no log, wherever it was sent: a word that stands in all that callers own, and credentials. */
export const CANARY = "cAnArY-7f3a";

const LEAK = /cAnArY-7f3a|dtk_(?:root|[0-9A-Za-z]{16})_[0-9A-Za-z]{8}|eyJ[\w-]{8,}\.[\w-]{8}/;

/** The line, where it is one that should not be. */
export function findLeak(line: string): string | undefined {
  return LEAK.test(line) ? line : undefined;
}

/** Of what a server has printed, the lines of its log that should not be. */
export function findLeaks(output: string): string[] {
  return output.split("\n").filter((line) => line.includes('{"level"') && findLeak(line) !== undefined);
}
