/**
 * What a route is. It names its operation and the shapes of what it takes, which are checked before its handler runs and
 * from which the OpenAPI document is made: there is no second description of a request.
 */
import type { Context } from "hono";
import type * as v from "valibot";
import { requireAccess, type Access } from "../auth/scope.ts";
import { clip } from "../engine/names.ts";
import { invalid } from "../errors.ts";
import type { Principal } from "../auth/principal.ts";
import type { House } from "../service/house.ts";
import type { ReadAsset } from "./documents.ts";
import { readJson, readOptionalJson, readQuery, readYaml } from "./input.ts";
import type { OperationId } from "./openapi/operations.ts";
import { SHAPES } from "./shapes.ts";

/** What every request brings along. */
export interface HttpCall {
  readonly house: House;
  readonly release: string;
  readonly requestId: string;
  /** The caller's place in its trace, where it has told one. */
  readonly traceparent: string | undefined;
  /** Hears which route is taken, once that is known. */
  readonly onOperation: (operation: string) => void;
  readonly readAsset: ReadAsset;
  /** Who asks. Rejects with UNAUTHENTICATED, or UNAVAILABLE where that cannot be found out. */
  readonly authenticate: () => Promise<Principal>;
}

export type Ctx = Context<{ Bindings: HttpCall }>;

export interface Route {
  /** Its name in the document, and in `openapi/operations.ts`, where it is described. */
  readonly operation: OperationId;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: v.GenericSchema;
  readonly body?: v.GenericSchema;
  readonly isBodyOptional?: true;
  /** What the body is written in; JSON when absent. */
  readonly reads?: "yaml";
  /** Who may take it. */
  readonly access: Access;
  readonly handle: (c: Ctx) => Response | Promise<Response>;
}

/** What a handler finds: who asks, and what was asked, checked. */
interface Asked<Q, B> {
  readonly c: Ctx;
  readonly house: House;
  readonly principal: Principal;
  readonly query: Q;
  readonly body: B;
}

interface Spec<Q extends v.GenericSchema, B extends v.GenericSchema> {
  readonly operation: OperationId;
  readonly access: Exclude<Access, "open">;
  readonly method: Route["method"];
  readonly path: string;
  /** Absent: no parameters. */
  readonly query?: Q;
  readonly body?: B;
  /** Nothing at all is a body, too. */
  readonly isBodyOptional?: true;
  /** JSON when absent. */
  readonly reads?: "yaml";
  /** The largest body; 1 MiB when absent. */
  readonly bodyBytes?: number;
  readonly handle: (asked: Asked<v.InferOutput<Q>, v.InferOutput<B>>) => Response | Promise<Response>;
}

/** A route for those who have a credential. */
export function route<
  Q extends v.GenericSchema = typeof SHAPES.empty,
  B extends v.GenericSchema = v.UndefinedSchema<undefined>,
>(spec: Spec<Q, B>): Route {
  const { operation, access, method, path, query, body, handle } = spec;
  return {
    operation,
    access,
    method,
    path,
    ...(query !== undefined && { query }),
    ...(body !== undefined && { body }),
    ...(spec.isBodyOptional && { isBodyOptional: true }),
    ...(spec.reads !== undefined && { reads: spec.reads }),
    handle: async (c) => {
      const principal = await c.env.authenticate();
      requireAccess(principal, access);
      const asked = {
        c,
        house: c.env.house,
        principal,
        query: readQuery(c.req.raw, query ?? SHAPES.empty) as v.InferOutput<Q>,
      };
      if (body === undefined) return await handle({ ...asked, body: undefined });
      const read = spec.reads === "yaml" ? readYaml : spec.isBodyOptional ? readOptionalJson : readJson;
      return await handle({ ...asked, body: (await read(c.req.raw, body, spec.bodyBytes)) as v.InferOutput<B> });
    },
  };
}

/** A machine in a path. */
export const MACHINE = "/api/v1/statemachines/:configuration/:id";

/** A parameter of the path, decoded. */
export function param(c: Ctx, name: string): string {
  return c.req.param(name) ?? "";
}

/** The machine that the path names. */
export function machineOf(c: Ctx): { readonly configuration: string; readonly id: string } {
  return { configuration: param(c, "configuration"), id: param(c, "id") };
}

/** Where a machine lives. */
export function machinePath({ configuration, id }: { readonly configuration: string; readonly id: string }): string {
  return `/api/v1/statemachines/${configuration}/${encodeURIComponent(id)}`;
}

/** `page_size` as a number, 0 when absent; the service bounds it. */
export function pageSize(text: string | undefined): number {
  if (text === undefined || text === "") return 0;
  if (/^-?\d+$/.test(text)) return Number(text);
  const message = "page_size must be a whole number";
  throw invalid([{ pointer: "/page_size", rule: "range", message, value: clip(text) }]);
}

/** Epoch ms of an RFC 3339 text that has passed its shape. */
export function instant(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}
