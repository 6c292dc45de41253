/** What commands print with --json, held against the OpenAPI document. */
import { expect } from "vitest";
import document from "../../../src/http/assets/openapi.json" with { type: "json" };
import { faultsOf } from "../../doors/answer-check.ts";
import type { Json } from "../../doors/json.ts";

const OPERATIONS = new Map(
  Object.values((document as Json).paths as Record<string, Json>).flatMap((methods) =>
    Object.values(methods as Record<string, Json>).map((operation) => [operation.operationId as string, operation]),
  ),
);

/** Throws unless the operation answers like this when it succeeds. */
export function checkOperationAnswer(operation: string, answer: unknown): void {
  const responses: Record<string, Json> = OPERATIONS.get(operation)?.responses ?? {};
  const schemas = Object.entries(responses)
    .filter(([status]) => status.startsWith("2"))
    .map(([, response]) => response.content?.["application/json"]?.schema)
    .filter((schema) => schema !== undefined);
  expect(schemas, operation).not.toEqual([]);
  const faults = schemas.map((schema) => faultsOf(schema, answer));
  if (!faults.some((each) => each.length === 0)) expect(faults, operation).toEqual([]);
}

/** The same for one of the document's shapes. */
export function checkShape(name: string, value: unknown): void {
  expect(faultsOf({ $ref: `#/components/schemas/${name}` }, value), name).toEqual([]);
}
