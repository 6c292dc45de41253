/** A configuration as text. */
import { writeYaml } from "./yaml-text.ts";

export type Format = "yaml" | "json";

/** Any JSON value. */
export function writeText(value: unknown, format: Format): string {
  return format === "yaml" ? writeYaml(value) : `${JSON.stringify(value, null, 2)}\n`;
}
