/** Requests -> checked values: content type, size, JSON, case of keys, shape. */
import type * as v from "valibot";
import { contentTypeOf, decodeUtf8, parseJson, readBody } from "../body.ts";
import { clip } from "../engine/names.ts";
import { toPointer } from "../engine/finding.ts";
import { DetentError, invalid } from "../errors.ts";
import { parseShape } from "../shape.ts";
import { parseYaml } from "../yaml.ts";

const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json$/;

/** The body as `schema` says, keys in snake_case or camelCase; of `most` bytes at most. */
export async function readJson<S extends v.GenericSchema>(
  request: Request,
  schema: S,
  most?: number,
): Promise<v.InferOutput<S>> {
  const type = contentTypeOf(request);
  if (!JSON_TYPE.test(type)) {
    const sent = type === "" ? "has no content type" : `is "${clip(type)}"`;
    throw new DetentError("UNSUPPORTED_MEDIA_TYPE", `the body must be application/json; it ${sent}`);
  }
  return parseShape(schema, parseJson(decodeUtf8(await readBody(request, most))), "the body");
}

/** The same where there may be none; undefined then, however the emptiness came over the wire. */
export async function readOptionalJson<S extends v.GenericSchema>(
  request: Request,
  schema: S,
  most?: number,
): Promise<v.InferOutput<S> | undefined> {
  const body = await readBody(request, most);
  if (body.byteLength === 0) return undefined;
  return await readJson(new Request(request.url, { method: "POST", headers: request.headers, body }), schema, most);
}

/** YAML has had many names; without being told, cURL calls any file a form. */
const YAML_TYPE =
  /^(?:|(?:application|text)\/(?:[a-z0-9.+-]+\+|x-)?yaml|text\/plain|application\/(?:json|octet-stream|x-www-form-urlencoded))$/;

/** The same of YAML, of which JSON is a part. What breaks a rule is told with its line. */
export async function readYaml<S extends v.GenericSchema>(
  request: Request,
  schema: S,
  most?: number,
): Promise<v.InferOutput<S>> {
  const type = contentTypeOf(request);
  if (!YAML_TYPE.test(type)) {
    const message = `the body must be application/yaml; it is "${clip(type)}"`;
    throw new DetentError("UNSUPPORTED_MEDIA_TYPE", message);
  }
  const { value, lineOf } = parseYaml(decodeUtf8(await readBody(request, most)));
  try {
    return parseShape(schema, value, "the body");
  } catch (error) {
    if (!(error instanceof DetentError)) throw error;
    const located = error.violations.map((violation) => {
      return { ...violation, message: `line ${lineOf(violation.pointer)}: ${violation.message}` };
    });
    throw invalid(located);
  }
}

/** The query as `schema` says; unknown parameters are refused, since ignoring `dry_run` would send an event. */
export function readQuery<S extends v.GenericSchema>(request: Request, schema: S): v.InferOutput<S> {
  const { search, searchParams } = new URL(request.url);
  try {
    decodeURIComponent(search);
  } catch {
    throw new DetentError("INVALID_ARGUMENT", "the query is not valid percent-encoded UTF-8");
  }
  const keys = [...searchParams.keys()];
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
  if (repeated !== undefined) {
    const message = `the parameter "${clip(repeated)}" is given more than once`;
    throw invalid([{ pointer: toPointer(repeated), rule: "repeated", message }]);
  }
  return parseShape(schema, Object.fromEntries(searchParams), "the query");
}
