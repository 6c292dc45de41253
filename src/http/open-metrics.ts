/** Metrics as OpenMetrics 1.0 text, the form in which collectors such as Prometheus read them. */

export const OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** Labels without a value are left out: the format takes both for the same. */
type Labels = Readonly<Record<string, string>>;

interface Sample {
  /** What stands behind the family's name, such as `_total`. */
  readonly suffix: string;
  readonly labels?: Labels;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram" | "info";
  /** With which the name then ends. */
  readonly unit?: "seconds";
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** The whole exposition; families and samples in their order. */
export function renderOpenMetrics(families: readonly Family[]): string {
  const lines = families.flatMap(({ name, type, unit, help, samples }) => [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escapeText(help)}`,
    ...samples.map(({ suffix, labels = {}, value }) => `${name}${suffix}${renderLabels(labels)} ${value}`),
  ]);
  return [...lines, "# EOF", ""].join("\n");
}

function renderLabels(labels: Labels): string {
  const told = Object.entries(labels).filter(([, value]) => value !== "");
  if (told.length === 0) return "";
  return `{${told.map(([name, value]) => `${name}="${escapeText(value)}"`).join(",")}}`;
}

/** What the format escapes, in labels and in help alike. */
function escapeText(text: string): string {
  return text
    .replaceAll("\\", String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll("\n", String.raw`\n`);
}

/** A bound of a bucket in seconds, as the format wants its floats: `1.0`, not `1`. */
export function boundOf(ms: number): string {
  const seconds = ms / 1_000;
  return Number.isInteger(seconds) ? seconds.toFixed(1) : String(seconds);
}
