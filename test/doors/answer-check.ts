/** Holds what the JSON routes answer against the OpenAPI document: status, content type, every field, every reason. */
import { Validator, type Schema } from "@cfworker/json-schema";
import document from "../../src/http/assets/openapi.json";
import type { Json } from "./json.ts";

const { components, paths } = document as Json;

interface Documented {
  readonly id: string;
  readonly method: string;
  readonly pattern: RegExp;
  readonly responses: Json;
}

const OPERATIONS: readonly Documented[] = Object.entries<Json>(paths)
  .flatMap(([path, methods]) =>
    Object.entries<Json>(methods).map(([method, { operationId, responses }]) => ({
      id: operationId as string,
      method: method.toUpperCase(),
      pattern: new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`),
      isLiteral: !path.includes("{"),
      responses,
    })),
  )
  // As the router does: what is written out goes before what a parameter would match.
  .toSorted((a, b) => Number(b.isLiteral) - Number(a.isLiteral));

/** Throws unless the document says that `method` `path` may be answered so. */
export function checkAnswer(method: string, path: string, { status, headers }: Response, body: unknown): void {
  const [pathname = ""] = path.split("?");
  const operation = OPERATIONS.find((known) => known.method === method && known.pattern.test(pathname));
  const where = `${method} ${pathname} -> ${status}`;
  // No route, or not with this method: the document says in its overview what that is answered with.
  const documented = operation === undefined ? [404, 405, 401].includes(status) && {} : operation.responses[status];
  if (!documented) throw new Error(`${where}: the document has no such answer of ${operation?.id ?? "any operation"}`);
  const type = (headers.get("content-type") ?? "").split(";")[0] ?? "";
  const { content } = documented.$ref === undefined ? documented : components.responses[lastOf(documented.$ref)];
  const schema = operation === undefined ? { $ref: "#/components/schemas/Problem" } : content?.[type]?.schema;
  if (body === undefined && (content === undefined || documented["x-may-be-empty"])) return;
  if (schema === undefined) throw new Error(`${where}: the document has no answer of type "${type}"`);
  const faults = faultsOf(schema, body);
  if (faults.length > 0) throw new Error(`${where} is not as documented:\n${faults.join("\n")}`);
}

/** What is wrong with `value` by a schema of the document. */
export function faultsOf(schema: Json, value: unknown): string[] {
  const { valid, errors } = validatorOf(schema).validate(value);
  return valid ? [] : errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
}

const validators = new Map<string, Validator>();

function validatorOf(schema: Json): Validator {
  const key = JSON.stringify(schema);
  const known = validators.get(key);
  if (known !== undefined) return known;
  // The whole document stands behind the schema, so that its references lead somewhere. The validator writes on it.
  const whole = structuredClone({ ...schema, components: { schemas: components.schemas } }) as Schema;
  const made = new Validator(whole, "2020-12");
  validators.set(key, made);
  return made;
}

function lastOf(ref: string): string {
  return ref.slice(ref.lastIndexOf("/") + 1);
}
