/** What a route is, and what every handler finds. */
import type { Context } from "hono";
import { clip } from "../engine/names.ts";
import { invalid } from "../errors.ts";
import type { House, Principal } from "../service/house.ts";

/** What every request brings along. */
export interface HttpCall {
  readonly house: House;
  readonly release: string;
  /** Throws UNAUTHENTICATED. */
  readonly principal: () => Principal;
}

export type Ctx = Context<{ Bindings: HttpCall }>;

export interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly handle: (c: Ctx) => Response | Promise<Response>;
}

/** A machine in a path. */
export const MACHINE = "/api/v1/statemachines/:configuration/:id";

/** A parameter of the path, decoded. */
export function param(c: Ctx, name: string): string {
  return c.req.param(name) ?? "";
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
