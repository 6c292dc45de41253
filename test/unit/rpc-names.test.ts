/** The JSON routes and `detent.v1` are one API: the same operations, with the same fields of the same kinds. */
import { ScalarType, type DescField, type DescMessage, type DescMethod, type DescService } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { ConfigurationService } from "../../src/gen/detent/v1/configuration_service_pb.ts";
import { DeadLetterService } from "../../src/gen/detent/v1/dead_letter_service_pb.ts";
import { FeedService } from "../../src/gen/detent/v1/feed_service_pb.ts";
import { JobService } from "../../src/gen/detent/v1/job_service_pb.ts";
import { MachineService } from "../../src/gen/detent/v1/machine_service_pb.ts";
import { TenantService } from "../../src/gen/detent/v1/tenant_service_pb.ts";
import served from "../../src/http/assets/openapi.json" with { type: "json" };
import type { Json } from "../doors/json.ts";

const SERVICES: readonly DescService[] = [
  ConfigurationService,
  MachineService,
  FeedService,
  JobService,
  DeadLetterService,
  TenantService,
];

/** RPCs without a route of their own, and why. */
const WITHOUT_ROUTE: Readonly<Record<string, string>> = {
  EnqueueEvents: "`Prefer: respond-async` on the route of SendEvent",
};

/** Where a message of an RPC is the whole body of the route: its only field, or the one beside which others stand. */
const WHOLE_BODIES: Readonly<Record<string, string>> = {
  "CreateConfiguration request": "configuration",
  "CreateConfiguration answer": "configuration",
  "CheckConfiguration request": "configuration",
  "GetConfiguration answer": "configuration",
  "SendEvent answer": "receipt",
  "GetEvent answer": "receipt",
  "FindEvent answer": "receipt",
  "CreateJob answer": "job",
  "GetJob answer": "job",
  "PauseJob answer": "job",
  "ResumeJob answer": "job",
  "CancelJob answer": "job",
  "GetPrincipal answer": "principal",
  "CreateTenant answer": "tenant",
  "GetTenant answer": "tenant",
  "EraseTenant answer": "tenant",
  "UpdateTenant answer": "tenant",
  "GetKey answer": "key",
  "RevokeKey answer": "key",
};

/** Fields that only one side has, with all that is inside them: `+` the route, `-` the RPC. Each with its reason. */
const DEPARTURES: Readonly<Record<string, readonly string[]>> = {
  // Output only: an upload that has them is refused here, since unknown fields are.
  "CreateConfiguration request": ["- created_at", "- deprecated_at"],
  "CheckConfiguration request": ["- created_at", "- deprecated_at"],
  "SimulateConfiguration request": ["- configuration.created_at", "- configuration.deprecated_at"],
  // go-statemachine's word for it.
  "CreateMachine request": ["+ configuration_version"],
  // The machine is what is looked for.
  "FindEvent request": ["- id"],
  // Four routes, by what is drawn and how; the diagram is the whole body.
  "GetConfigurationSvg request": ["- machine", "- format"],
  "GetConfigurationSvg answer": ["- diagram"],
  "GetConfigurationMermaid request": ["- machine", "- format"],
  "GetConfigurationMermaid answer": ["- diagram"],
  "GetMachineSvg request": ["+ configuration", "+ id", "- machine", "- config_id", "- format"],
  "GetMachineSvg answer": ["- diagram"],
  "GetMachineMermaid request": ["+ configuration", "+ id", "- machine", "- config_id", "- format"],
  "GetMachineMermaid answer": ["- diagram"],
  // Server-Sent Events: each has the revision as its id and the change, or the revision alone, as its data.
  "WatchMachine answer": ["- revision", "- change"],
  // A JSON object per line.
  "ExportTenant answer": ["- type", "- value"],
  // One message for what lists have and what they leave out.
  "ListMachines answer": [
    "- statemachines[].statemachine.data",
    "- statemachines[].statemachine.timers",
    "- statemachines[].statemachine.history",
    "- statemachines[].statemachine.history_next_page_token",
  ],
  // One message for receipts with and without what the sender sent.
  "ListFailures answer": ["- failures[].data", "- failures[].details", "- failures[].created"],
  // A merge patch (RFC 7396), in which null takes a label off.
  "UpdateLabels request": ["- remove"],
  // 202 is the answer of EnqueueEvents.
  "SendEvent answer": ["+ status_url"],
  // A query has a parameter per label, `label.K=V`, and a list in one.
  "ListMachines request": ["+ label", "- labels"],
  "CountMachines request": ["+ label", "- labels", "+ group_by", "- group_by"],
  // One for all, in the query.
  "SendEvents request": ["+ dry_run", "- events[].dry_run"],
  // An error here is a problem with its status.
  "SendEvents answer": ["+ dry_run", "+ results[].status", "+ results[].problem", "- results[].error"],
};

/** What a header of a request says that a field of the RPC's says. */
const HEADER_FIELDS: Readonly<Record<string, string>> = {
  "If-Match": "expected_revision: integer",
  "Idempotency-Key": "event_id: string",
  "CreateMachine Idempotency-Key": "idempotency_key: string",
  "CreateJob Idempotency-Key": "idempotency_key: string",
};
/** What only HTTP has: conditions on answers, and how they are to be given. */
const HTTP_HEADERS = ["If-None-Match", "Last-Event-ID", "Prefer"];

const { paths, components } = served as Json;
const operations: Json[] = Object.values<Json>(paths).flatMap((methods) => Object.values<Json>(methods));
const methods = new Map(
  SERVICES.flatMap((service) =>
    service.methods.map((method) => [`${service.typeName}/${method.name}`, method] as const),
  ),
);
const shared = operations.flatMap((operation): [string, Json, DescMethod][] => {
  const method = methods.get(operation["x-rpc"]);
  return method === undefined ? [] : [[operation.operationId, operation, method]];
});

test("every RPC has a route, or a reason to have none", () => {
  const routed = new Set(shared.map(([, , method]) => method.name));
  const without = [...methods.values()].map(({ name }) => name).filter((name) => !routed.has(name));
  expect(without.toSorted()).toEqual(Object.keys(WITHOUT_ROUTE).toSorted());
});

test("every operation that names an RPC has its name, unless another route of the same RPC has it", () => {
  const other = ["grpc.health.v1.Health/Check"];
  const named = operations.filter(
    (operation) => operation["x-rpc"] !== undefined && !other.includes(operation["x-rpc"]),
  );
  expect(named.length).toBe(shared.length);
  for (const [id, , { name }] of shared) {
    const isOnly = shared.filter(([, , method]) => method.name === name).length === 1;
    if (isOnly) expect(id).toBe(name);
  }
});

test("no departure is about what is not there", () => {
  const known = shared.flatMap(([id]) => [`${id} request`, `${id} answer`]);
  for (const key of [...Object.keys(DEPARTURES), ...Object.keys(WHOLE_BODIES)]) expect(known).toContain(key);
});

describe.each(shared)("%s", (id, operation, method) => {
  test("takes the fields of the RPC", () => {
    const key = `${id} request`;
    expectDepartures(key, fieldsOfRequest(operation), fieldsOfMessage(method.input, WHOLE_BODIES[key]));
  });

  test("answers the fields of the RPC", () => {
    const key = `${id} answer`;
    expectDepartures(key, fieldsOfAnswer(operation), fieldsOfMessage(method.output, WHOLE_BODIES[key]));
  });
});

/** Those of the table, and each of them. */
function expectDepartures(key: string, route: readonly string[], rpc: readonly string[]): void {
  const found = [
    ...route.filter((field) => !rpc.includes(field)).map((field) => `+ ${field}`),
    ...rpc.filter((field) => !route.includes(field)).map((field) => `- ${field}`),
  ];
  const expected = DEPARTURES[key] ?? [];
  const isOf = (field: string, departure: string): boolean =>
    field.startsWith(departure) && /^[.:[{]/.test(field.slice(departure.length));
  expect(found.filter((field) => !expected.some((departure) => isOf(field, departure)))).toEqual([]);
  expect(expected.filter((departure) => !found.some((field) => isOf(field, departure)))).toEqual([]);
}

function fieldsOfRequest({ operationId, parameters = [], requestBody }: Json): string[] {
  const said: string[] = parameters.flatMap((parameter: Json) => {
    const { name, in: place, schema } = resolve(parameter);
    if (place !== "header") return fieldsOfSchema(schema, name);
    return HTTP_HEADERS.includes(name) ? [] : (HEADER_FIELDS[`${operationId} ${name}`] ?? HEADER_FIELDS[name] ?? name);
  });
  return [
    ...new Set([...said, ...fieldsOfSchema(requestBody?.content["application/json"].schema ?? {}, "")]),
  ].toSorted();
}

/** Of every status that is no problem. */
function fieldsOfAnswer({ responses }: Json): string[] {
  const schemas = Object.values<Json>(responses).flatMap(({ content }) => content?.["application/json"]?.schema ?? []);
  return [...new Set(schemas.flatMap((schema) => fieldsOfSchema(schema, "")))].toSorted();
}

function fieldsOfSchema(schema: Json, path: string): string[] {
  const { type, format, properties, items, additionalProperties } = resolve(schema);
  if (items !== undefined) return fieldsOfSchema(items, `${path}[]`);
  if (typeof additionalProperties === "object") return fieldsOfSchema(additionalProperties, `${path}{}`);
  if (properties !== undefined) {
    return Object.entries<Json>(properties).flatMap(([name, member]) =>
      fieldsOfSchema(member, path === "" ? name : `${path}.${name}`),
    );
  }
  if (path === "") return [];
  const [kind = "any"] = [type].flat();
  return [`${path}: ${format === "date-time" ? "time" : kind}`];
}

function resolve(schema: Json): Json {
  if (schema.$ref === undefined) return schema;
  const [group, name] = schema.$ref.split("/").slice(-2);
  return components[group][name];
}

/** `whole` is a field whose members stand beside the others. */
function fieldsOfMessage(message: DescMessage, whole: string | undefined, path = ""): string[] {
  return message.fields.flatMap((field) => {
    if (field.name === whole) return membersOf(field, "");
    return membersOf(field, path === "" ? field.name : `${path}.${field.name}`);
  });
}

function membersOf(field: DescField, path: string): string[] {
  switch (field.fieldKind) {
    case "scalar":
      return [`${path}: ${kindOf(field.scalar)}`];
    case "enum":
      return [`${path}: string`];
    case "message":
      return fieldsOfValue(field.message, path);
    case "list":
      return field.listKind === "message"
        ? fieldsOfValue(field.message, `${path}[]`)
        : [`${path}[]: ${field.listKind === "enum" ? "string" : kindOf(field.scalar)}`];
    case "map":
      return field.mapKind === "message"
        ? fieldsOfValue(field.message, `${path}{}`)
        : [`${path}{}: ${field.mapKind === "enum" ? "string" : kindOf(field.scalar)}`];
    default:
      return field satisfies never;
  }
}

function fieldsOfValue(message: DescMessage, path: string): string[] {
  const kind = WELL_KNOWN[message.typeName];
  return kind === undefined ? fieldsOfMessage(message, undefined, path) : [`${path}: ${kind}`];
}

const WELL_KNOWN: Readonly<Record<string, string>> = {
  "google.protobuf.Timestamp": "time",
  "google.protobuf.Struct": "object",
  "google.protobuf.Value": "any",
};

function kindOf(scalar: ScalarType): string {
  if (scalar === ScalarType.STRING) return "string";
  if (scalar === ScalarType.BOOL) return "boolean";
  if (scalar === ScalarType.INT32 || scalar === ScalarType.UINT32) return "integer";
  throw new Error(`no JSON kind for ${ScalarType[scalar]}`);
}
