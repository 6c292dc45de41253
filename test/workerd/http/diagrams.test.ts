/** Diagrams through the routes and the RPC: what is drawn, as what it is served, and what is no diagram. */
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { ConfigurationService } from "../../../src/gen/detent/v1/configuration_service_pb.ts";
import { connectJson, send, sendJson } from "../doors/caller.ts";
import { CONFIGURATIONS, configuration, expectProblem, machine, MACHINES } from "./orders.ts";

const SVG = "image/svg+xml; charset=utf-8";
const MERMAID = "application/vnd.mermaid; charset=utf-8";

async function get(path: string, headers: Record<string, string> = {}) {
  const response = await send(path, { headers });
  // workerd warns where the text of what is no text/* is asked for.
  const text = new TextDecoder().decode(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, text };
}

/** A machine that was accepted and reminded, and refused once. */
async function walked(): Promise<{ name: string; path: string }> {
  const made = await machine();
  for (const event of ["accept", "remind", "accept"]) await sendJson(`${made.path}/events`, { event });
  return made;
}

test("a configuration is drawn", async () => {
  const name = await configuration();
  const { status, headers, text } = await get(`${CONFIGURATIONS}/${name}:v1/diagram.svg`);
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe(SVG);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("content-security-policy")).toContain("default-src 'none'; style-src 'unsafe-inline'");
  expect(text).toContain(`<title>${name}:v1</title>`);
  for (const word of ["start (start)", "pending", "done (final)", "accept", "remind", "finish"])
    expect(text).toContain(word);
  expect(text).not.toContain("(taken)");
});

test("a configuration is text for mermaid, the same as a check answers; a version that is not named is v1", async () => {
  const name = await configuration();
  const { status, headers, text } = await get(`${CONFIGURATIONS}/${name}/diagram.mmd`);
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe(MERMAID);
  const { created_at: _createdAt, ...source } = (await sendJson(`${CONFIGURATIONS}/${name}`)).body;
  expect(text).toBe((await sendJson(`${CONFIGURATIONS}:check`, source)).body.mermaid);
});

test("a machine is drawn where it is, with the way it came", async () => {
  const { name, path } = await walked();
  const svg = await get(`${path}/diagram.svg`);
  expect(svg.status).toBe(200);
  expect(svg.headers.get("content-type")).toBe(SVG);
  expect(svg.text).toContain(`<title>m (${name}:v1)</title>`);
  expect(svg.text).toContain("<title>pending (current, visited)</title>");
  expect(svg.text).toContain("<title>start (start, visited)</title>");
  expect(svg.text.match(/\([a-z]+ → |→ [a-z]+: [a-z]+ \(taken\)/g)?.toSorted((a, b) => a.localeCompare(b))).toEqual([
    "→ pending: accept (taken)",
    "→ pending: remind (taken)",
  ]);
  const text = await get(`${path}/diagram.mmd`);
  expect(text.headers.get("content-type")).toBe(MERMAID);
  expect(text.text).toContain("  s0 --> s1 : #10003; accept\n  s1 --> s1 : #10003; remind\n  s1 --> s2 : finish\n");
  expect(text.text).toContain("  class s1 current\n");
});

test("a machine's diagram is not sent again to who has the one of its revision", async () => {
  const { path } = await walked();
  for (const file of ["diagram.svg", "diagram.mmd"]) {
    const first = await get(`${path}/${file}`);
    expect(first.headers.get("etag")).toBe('"2"');
    const again = await get(`${path}/${file}`, { "if-none-match": '"2"' });
    expect([again.status, again.text, again.headers.get("etag")]).toEqual([304, "", '"2"']);
    expect((await get(`${path}/${file}`, { "if-none-match": '"1"' })).status).toBe(200);
  }
});

test("an operator's hop is no transition: it is not drawn, and where it led is", async () => {
  const { path } = await walked();
  const comment = "by hand";
  const headers = { "if-match": '"2"' };
  expect((await sendJson(`${path}/override`, { state: "done", comment }, headers)).status).toBe(200);
  const { text } = await get(`${path}/diagram.svg`);
  expect(text).toContain("<title>done (final, current)</title>");
  expect(text).toContain("<title>pending → done: finish</title>");
});

test("of a machine's changes the newest thousand count", async () => {
  const { name: configurationName, path } = await machine();
  await sendJson(`${path}/events`, { event: "accept" });
  for (let sent = 0; sent < 1_000; sent += 100) {
    const events = Array.from({ length: 100 }, () => ({ configuration: configurationName, id: "m", event: "remind" }));
    const { body } = await sendJson(`${MACHINES}:send-events`, { events });
    expect(body.results.every(({ status }: { status: number }) => status === 200)).toBe(true);
  }
  const { text } = await get(`${path}/diagram.mmd`);
  expect(text).toContain("  s0 --> s1 : accept\n  s1 --> s1 : #10003; remind\n");
});

test("what is not there is a problem", async () => {
  const name = await configuration();
  await expectProblem(sendJson(`${CONFIGURATIONS}/nothing:v1/diagram.svg`), 404, "CONFIGURATION_NOT_FOUND");
  await expectProblem(sendJson(`${CONFIGURATIONS}/${name}:v2/diagram.mmd`), 404, "CONFIGURATION_NOT_FOUND");
  await expectProblem(sendJson(`${MACHINES}/${name}/m/diagram.svg`), 404, "MACHINE_NOT_FOUND");
  await expectProblem(sendJson(`${MACHINES}/${name}/m/diagram.mmd`), 404, "MACHINE_NOT_FOUND");
  await expectProblem(sendJson(`${MACHINES}/${name}/m/diagram.png`), 404, "NOT_FOUND");
  const asked = sendJson(`${CONFIGURATIONS}/${name}:v1/diagram.svg?theme=dark`);
  await expectProblem(asked, 400, "INVALID_ARGUMENT", ["/theme"]);
});

test("a diagram is for those who have a credential", async () => {
  const { name, path } = await machine();
  const remote = { "x-forwarded-for": "192.0.2.1" };
  expect((await get(`${path}/diagram.svg`, remote)).status).toBe(401);
  expect((await get(`${CONFIGURATIONS}/${name}:v1/diagram.mmd`, remote)).status).toBe(401);
});

test("the RPC draws the same", async () => {
  const { name, path } = await walked();
  const client = createClient(ConfigurationService, connectJson);
  const subjects = [
    [`${CONFIGURATIONS}/${name}:v1`, { case: "configId", value: `${name}:v1` }],
    [path, { case: "machine", value: { configuration: name, id: "m" } }],
  ] as const;
  for (const [resource, subject] of subjects) {
    for (const format of ["svg", "mmd"]) {
      const { diagram } = await client.getDiagram({ subject, format });
      expect(diagram).toBe((await get(`${resource}/diagram.${format}`)).text);
    }
    expect((await client.getDiagram({ subject })).diagram).toMatch(/^<svg /);
  }
  const codeOf = (call: Promise<unknown>) => call.then(String, (error: unknown) => ConnectError.from(error).code);
  const configId = { case: "configId", value: name } as const;
  expect(await codeOf(client.getDiagram({ subject: configId, format: "png" }))).toBe(Code.InvalidArgument);
  expect(await codeOf(client.getDiagram({}))).toBe(Code.InvalidArgument);
  expect(await codeOf(client.getDiagram({ subject: { case: "configId", value: "nothing" } }))).toBe(Code.NotFound);
});
