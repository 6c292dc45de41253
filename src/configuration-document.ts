/** Where in a document a configuration is. */
import type { PlacedDocument } from "./documents.ts";

/** The configuration in a document, bare or as the `spec` of a `kind: Configuration`; and where its parts are. */
export function findConfiguration({ value, placeOf }: PlacedDocument): PlacedDocument {
  const isWrapped = typeof value === "object" && value !== null && Object.hasOwn(value, "spec");
  if (!isWrapped) return { value: withoutTimes(value), placeOf };
  const { spec } = value as { spec: unknown };
  return { value: withoutTimes(spec), placeOf: (pointer) => placeOf(`/spec${pointer}`) };
}

/** What the service answers can be uploaded again: its own members are left out. */
function withoutTimes(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const { created_at: _created, deprecated_at: _deprecated, ...configuration } = value as Record<string, unknown>;
  return configuration;
}
