/** Labels as they are edited, and what is to be changed of them. */

export interface LabelRow {
  /** Different for each row, also while names are being typed. */
  readonly key: number;
  readonly name: string;
  readonly value: string;
}

export interface LabelChange {
  /** Added, or set anew. */
  readonly labels: Record<string, string>;
  readonly remove: readonly string[];
}

export function rowsOf(labels: Readonly<Record<string, string>>): LabelRow[] {
  return Object.entries(labels)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value], key) => ({ key, name, value }));
}

/** Why the rows are no labels; undefined: they are. Rows without name and value do not count. */
export function findLabelProblem(rows: readonly LabelRow[]): string | undefined {
  const names = new Set<string>();
  for (const { name, value } of rows) {
    if (name === "" && value === "") continue;
    if (name === "") return `The value ${value} has no name.`;
    if (names.has(name)) return `The name ${name} is there twice.`;
    names.add(name);
  }
  return undefined;
}

/** Only what is different, so that labels that somebody else has set meanwhile stay. */
export function diffLabels(before: Readonly<Record<string, string>>, rows: readonly LabelRow[]): LabelChange {
  const wanted = new Map(rows.filter(({ name }) => name !== "").map(({ name, value }) => [name, value]));
  const old = new Map(Object.entries(before));
  return {
    labels: Object.fromEntries([...wanted].filter(([name, value]) => old.get(name) !== value)),
    remove: [...old.keys()].filter((name) => !wanted.has(name)),
  };
}
