/** The JSON of a body, as loosely as tests read it. */
// oxlint-disable-next-line typescript/no-explicit-any -- bodies are asserted on, field by field
export type Json = any;

/** A JSON request; a body makes it a POST. */
export type SendJson = (
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<{ status: number; headers: Headers; body: Json }>;

/** The route of a machine. */
export function machinePath(configuration: string, id: string): string {
  return `/api/v1/statemachines/${configuration}/${encodeURIComponent(id)}`;
}
