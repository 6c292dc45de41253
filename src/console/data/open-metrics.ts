/** Reads what `/metrics` says: OpenMetrics 1.0 text, as the service writes it (docs/operations.md). */

export interface Sample {
  /** With its suffix: `detent_events_total`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^(\w+)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n" };

/** Every sample of an exposition, in its order; lines that are none are left out. */
export function readOpenMetrics(text: string): Sample[] {
  return text.split("\n").flatMap((line) => {
    const [, name, labels = "", value] = LINE.exec(line) ?? [];
    return name === undefined ? [] : [{ name, labels: readLabels(labels), value: Number(value) }];
  });
}

function readLabels(text: string): Readonly<Record<string, string>> {
  const found = text.matchAll(LABEL);
  return Object.fromEntries(found.map(([, name = "", value = ""]) => [name, unescape(value)]));
}

function unescape(value: string): string {
  return value.replaceAll(/\\(.)/g, (_, character: string) => ESCAPES[character] ?? character);
}
