/** The doors as a caller finds them: a request in, and what the answer says. */
import { createJsonApp } from "../../../src/http/app.ts";
import { problemResponse } from "../../../src/http/problem.ts";
import { DetentError } from "../../../src/errors.ts";
import type { House } from "../../../src/service/house.ts";
import { nextHouse, PRINCIPAL } from "./house.ts";
import { ACCEPTED, refusalOf, refuseBugs, refuseNaN } from "./target.ts";

const jsonApp = createJsonApp();

/** What a door gets along with a request. */
export function callOf(house: House) {
  return {
    house,
    release: "0",
    requestId: "r",
    traceparent: undefined,
    readAsset: () => Promise.resolve(new Response("")),
    onOperation: () => {},
    authenticate: () => Promise.resolve(PRINCIPAL),
  };
}

interface JsonAnswer {
  readonly status: number;
  readonly outcome: string;
  readonly body: unknown;
}

/** Asks the JSON door. Throws for an answer that no caller may get: of a bug, of an outage, or no JSON. */
export async function askJson(path: string, init: RequestInit = {}): Promise<JsonAnswer> {
  const { house, complaints } = await nextHouse();
  const headers = new Headers(init.headers);
  if (init.body !== undefined && !headers.has("content-type")) headers.set("content-type", "application/json");
  const request = new Request(`http://localhost${path}`, { ...init, headers });
  const response = await answerOf(request, house);
  const [complaint] = complaints.splice(0);
  if (complaint !== undefined) throw new Error(`the log complains: ${complaint}`);
  const text = await response.text();
  const body: unknown = text === "" ? null : JSON.parse(text);
  refuseNaN(body);
  const { status } = response;
  if (status >= 500) throw new Error(`status ${status}: ${text}`);
  if (status < 400) return { status, body, outcome: ACCEPTED };
  const { reason, detail, errors } = body as { reason: string; detail: string; errors: readonly { rule: string }[] };
  refuseBugs(detail);
  return { status, body, outcome: [reason, errors[0]?.rule].filter(Boolean).join(" ") };
}

/** As the composition root answers what the door throws. */
async function answerOf(request: Request, house: House): Promise<Response> {
  try {
    return await jsonApp.fetch(request, callOf(house));
  } catch (error) {
    refusalOf(error);
    if (!(error instanceof DetentError)) throw error;
    return problemResponse(error, "r");
  }
}
