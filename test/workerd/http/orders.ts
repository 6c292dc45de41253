/** What the tests of the JSON routes start from: a small configuration, a machine of it, and what a problem looks like. */
import { expect } from "vitest";
import { machinePath, type Json } from "../../doors/json.ts";
import { sendJson } from "../doors/caller.ts";

export const CONFIGURATIONS = "/api/v1/configurations";
export const MACHINES = "/api/v1/statemachines";

/** A configuration with a name of its own. */
export function orders(name = `c${crypto.randomUUID()}`) {
  return {
    name,
    version: "v1",
    starting_state: "start",
    states: ["start", "pending", "done"],
    transitions: [
      { from: "start", to: "pending", event: "accept" },
      { from: "pending", to: "pending", event: "remind" },
      { from: "pending", to: "done", event: "finish" },
    ],
  };
}

/** Uploads one and answers its name. */
export async function configuration(): Promise<string> {
  const body = orders();
  expect((await sendJson(CONFIGURATIONS, body)).status).toBe(201);
  return body.name;
}

/** Creates a machine of a configuration of its own. */
export async function machine(id = "m"): Promise<{ name: string; path: string }> {
  const name = await configuration();
  expect((await sendJson(MACHINES, { config_id: name, id })).status).toBe(201);
  return { name, path: machinePath(name, id) };
}

/** Expects a complete problem; with `pointers`, exactly these violations. */
export async function expectProblem(
  answer: Promise<{ status: number; headers: Headers; body: Json }>,
  status: number,
  reason: string,
  pointers?: readonly string[],
): Promise<Json> {
  const { status: actual, headers, body } = await answer;
  expect(body).toMatchObject({ status, reason, type: `/errors/${reason}` });
  expect(actual).toBe(status);
  expect(headers.get("content-type")).toBe("application/problem+json");
  expect(body.request_id).toBe(headers.get("request-id"));
  expect(body.title).not.toBe("");
  expect(body.detail).not.toBe("");
  if (pointers !== undefined) expect(body.errors.map(({ pointer }: Json) => pointer)).toEqual(pointers);
  return body;
}
