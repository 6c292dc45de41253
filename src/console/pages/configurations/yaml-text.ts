/** YAML of a value. Import it when it is needed: the library is large. */
import { stringify } from "yaml";

/** Expressions stay on one line, however long. */
export function writeYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
