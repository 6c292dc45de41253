/** The OpenAPI 3.1 document, made from the router table, the shapes and what is said about them. */
import { REASONS, type Reason } from "../../errors.ts";
import type { Route } from "../route.ts";
import type { Access } from "../../auth/scope.ts";
import type * as v from "valibot";
import { NAMED_REQUESTS } from "./answers.ts";
import { ANSWER_HEADERS, REQUEST_HEADERS, TAGS, type Answer, type Description } from "./description.ts";
import type { JsonSchema } from "./fields.ts";
import { OPERATIONS } from "./operations.ts";
import { SAMPLES } from "./problems.ts";
import { reasonsByStatus } from "./reasons.ts";
import { curlOf } from "./sample-command.ts";
import { createParameter, createParameters, createSchemas, FieldBook, refTo } from "./schemas.ts";

const PROBLEM_TYPE = "application/problem+json";

const OVERVIEW = `State machines as a service: upload a configuration, create machines from it, send them events.

Bodies are JSON. Answers have keys in snake_case; requests may have them in camelCase, too. Unknown fields and unknown parameters are refused. Times are RFC 3339 in UTC. Ids in a path are percent-encoded.

Every error is \`application/problem+json\` with one of the reasons of the schema \`Problem\`; its \`type\` is a page that says what the reason means and what to do. An unknown path is answered with \`NOT_FOUND\`, another method than those listed with \`METHOD_NOT_ALLOWED\`.

Lists are read page by page: send the \`next_page_token\` of a page as \`page_token\`, with the same filter, until it is empty.

A W3C \`traceparent\` sent with a request goes along to what it causes.

The examples are cURL lines for a server on this machine as \`npm start\` runs it, in an order in which each works; it needs no credential. Elsewhere add \`-H 'Authorization: Bearer <key>'\`.`;

/** The document for these routes; throws where something is not described, or described and not there. */
export function createDocument(routes: readonly Route[], version: string): JsonSchema {
  const book = new FieldBook();
  const requests = nameRequests(routes);
  const pieces = new Pieces();
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const id of Object.keys(OPERATIONS)) {
    const route = routes.find(({ operation }) => operation === id);
    if (route === undefined) throw new Error(`${id} is described and has no route`);
    const path = route.path.replaceAll(/\/:(\w+)/g, "/{$1}");
    (paths[path] ??= {})[route.method.toLowerCase()] = createOperation(book, pieces, requests, route);
  }
  const schemas = createSchemas(book, requests);
  const unasked = book.unasked();
  if (unasked.length > 0)
    throw new Error(`src/http/openapi/fields.ts describes what is not there: ${unasked.join(", ")}`);
  return {
    openapi: "3.1.1",
    info: {
      title: "Detent",
      version,
      summary: "State machines as a service.",
      description: OVERVIEW,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }],
    // The paths group operations by address; the order to read them in is that of the descriptions.
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description, "x-operations": idsOf(name) })),
    paths,
    components: {
      schemas,
      responses: pieces.responses,
      parameters: pieces.parameters,
      headers: Object.fromEntries(
        Object.entries(ANSWER_HEADERS).map(([name, { description, example }]) => [
          name,
          { description, schema: { type: "string" }, example },
        ]),
      ),
      examples: Object.fromEntries((Object.keys(SAMPLES) as Reason[]).map((reason) => [reason, sampleOf(reason)])),
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "A key or a token; it says whose tenant is meant." },
      },
    },
  };
}

function isStream(answers: Description["answers"]): boolean {
  return Object.values(answers).some(({ contentType }) => contentType === "text/event-stream");
}

function idsOf(tag: string): string[] {
  return Object.entries<Description>(OPERATIONS).flatMap(([id, description]) => (description.tag === tag ? [id] : []));
}

/** The names of the bodies: their own, or their only operation's. */
function nameRequests(routes: readonly Route[]): Map<v.GenericSchema, string> {
  const names = new Map<v.GenericSchema, string>(Object.entries(NAMED_REQUESTS).map(([name, shape]) => [shape, name]));
  for (const { operation, body } of routes) {
    if (body === undefined) continue;
    const name = names.get(body);
    if (name?.endsWith("Request")) throw new Error(`${operation} takes ${name}: give it a name in NAMED_REQUESTS`);
    if (name === undefined) names.set(body, `${operation}Request`);
  }
  return names;
}

/** What several operations share, under a name each. */
class Pieces {
  readonly parameters: Record<string, JsonSchema> = {};
  readonly responses: Record<string, JsonSchema> = {};

  /** A parameter that means the same everywhere is referred to; one of an operation's own is written out. */
  parameter(parameter: JsonSchema): JsonSchema {
    const name = `${String(parameter["in"])}-${String(parameter["name"])}`;
    const known = (this.parameters[name] ??= parameter);
    return JSON.stringify(known) === JSON.stringify(parameter)
      ? { $ref: `#/components/parameters/${name}` }
      : parameter;
  }

  problem(reasons: readonly Reason[]): JsonSchema {
    const name = reasons.map(toPascalCase).join("Or");
    this.responses[name] ??= problemOf(reasons);
    return { $ref: `#/components/responses/${name}` };
  }
}

/** What is said of who may call, where that is no scope. */
const ACCESS: Readonly<Partial<Record<Access, string>>> = {
  open: "Needs no credential.",
  any: "Needs a key of the tenant's; it gives no more than that key has.",
  known: "Needs any key or token; the root key will do, too.",
  root: "Needs the root key.",
};

function createOperation(
  book: FieldBook,
  pieces: Pieces,
  requests: ReadonlyMap<v.GenericSchema, string>,
  route: Route,
): JsonSchema {
  const { operation: id, method, path, query, body, reads = "json", access, isBodyOptional } = route;
  const { tag, summary, description, rpc, headers = {}, answers, reasons, example }: Description = OPERATIONS[id];
  const parameters = [
    ...[...path.matchAll(/\/:(\w+)/g)].map(([, name = ""]) =>
      createParameter(book, id, "path", name, { type: "string" }, true),
    ),
    ...(query === undefined ? [] : createParameters(book, id, query)),
    ...Object.entries(headers).map(([name, need]) => ({
      ...createParameter(book, id, "header", name, { type: "string" }, need === "required"),
      example: REQUEST_HEADERS[name as keyof typeof REQUEST_HEADERS],
    })),
  ].map((parameter) => pieces.parameter(parameter));
  const bodyName = body && requests.get(body);
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: `${description}\n\n${ACCESS[access] ?? `Needs the scope \`${access}\`.`}`,
    ...(rpc !== null && { "x-rpc": rpc }),
    security: access === "open" ? [] : [{ bearer: ACCESS[access] === undefined ? [access] : [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(bodyName !== undefined && {
      requestBody: {
        ...(!isBodyOptional && { required: true }),
        content: {
          [`application/${reads}`]: {
            schema: refTo(bodyName),
            ...(example?.body !== undefined && { example: example.body }),
          },
        },
      },
    }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, answerOf(answer)])),
      ...Object.fromEntries(
        [...reasonsByStatus(route, reasons)].map(([status, given]) => {
          const answer = answers[status];
          return [status, answer === undefined ? pieces.problem(given) : eitherOf(answer, given)];
        }),
      ),
    },
    ...(example && {
      "x-codeSamples": [
        {
          lang: "Shell",
          label: "cURL",
          source: curlOf(method, path, example, { reads, isStream: isStream(answers), isRoot: access === "root" }),
        },
      ],
    }),
  };
}

function answerOf({ description, shape, contentType, headers = [], example }: Answer): JsonSchema {
  const schema = shape === undefined ? undefined : refTo(shape);
  const type = contentType ?? (shape === undefined ? undefined : "application/json");
  return {
    description,
    headers: headersOf([...headers, "Request-Id"]),
    ...(type !== undefined && {
      content: { [type]: { ...(schema && { schema }), ...(example !== undefined && { example }) } },
    }),
  };
}

/** An answer without a body that has the status of a problem. */
function eitherOf(answer: Answer, reasons: readonly Reason[]): JsonSchema {
  const problem = problemOf(reasons);
  const description = `${answer.description} With a body:\n\n${String(problem["description"])}`;
  return { ...problem, description, "x-may-be-empty": true };
}

/** What problems carry besides the header of every answer, by status. */
const HEADERS_OF_PROBLEMS: Partial<Record<number, readonly (keyof typeof ANSWER_HEADERS)[]>> = {
  401: ["WWW-Authenticate"],
  429: ["Retry-After"],
  503: ["Retry-After"],
};

function problemOf(reasons: readonly Reason[]): JsonSchema {
  const status = REASONS[reasons[0] ?? "INTERNAL"].status;
  return {
    description: reasons.map((reason) => `\`${reason}\`: ${REASONS[reason].title}.`).join("\n\n"),
    headers: headersOf(["Request-Id", ...(HEADERS_OF_PROBLEMS[status] ?? [])]),
    content: {
      [PROBLEM_TYPE]: {
        schema: { allOf: [refTo("Problem"), { properties: { reason: { enum: reasons } } }] },
        examples: Object.fromEntries(reasons.map((reason) => [reason, { $ref: `#/components/examples/${reason}` }])),
      },
    },
  };
}

function headersOf(names: readonly (keyof typeof ANSWER_HEADERS)[]): JsonSchema {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function sampleOf(reason: Reason): JsonSchema {
  const { detail, metadata = {}, errors = [], receipt } = SAMPLES[reason];
  const { status, title } = REASONS[reason];
  const request_id = ANSWER_HEADERS["Request-Id"].example;
  const value = { type: `/errors/${reason}`, title, status, detail, reason, request_id, metadata, errors };
  return { summary: title, value: receipt === undefined ? value : { ...value, receipt } };
}

function toPascalCase(reason: Reason): string {
  return reason.toLowerCase().replaceAll(/(?:^|_)(\w)/g, (_whole, letter: string) => letter.toUpperCase());
}
