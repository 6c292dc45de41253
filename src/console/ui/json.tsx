/** JSON to be read. */
import type { JSX } from "preact";
import { Code } from "./code.tsx";

/** The value is any that JSON has. */
export function Json({ value, label }: { readonly value: unknown; readonly label: string }): JSX.Element {
  return <Code text={JSON.stringify(value, null, 2) ?? "null"} label={label} />;
}
