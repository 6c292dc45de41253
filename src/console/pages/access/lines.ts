/** Lists that are entered as text, an entry a line. Knows no DOM. */

/** What stands in the lines, without blanks around it; empty lines are none, and what comes again is left out. */
export function readLines(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== ""))];
}

export interface MachineName {
  readonly configuration: string;
  readonly id: string;
}

/** `configuration/id` a line; a name of a configuration has no slash, an id may. Undefined where a line has none. */
export function readMachines(text: string): MachineName[] | undefined {
  const machines: MachineName[] = [];
  for (const line of readLines(text)) {
    const slash = line.indexOf("/");
    if (slash < 1 || slash === line.length - 1) return undefined;
    machines.push({ configuration: line.slice(0, slash), id: line.slice(slash + 1) });
  }
  return machines;
}
