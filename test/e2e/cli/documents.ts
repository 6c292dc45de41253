/** `send`, `get`, `version`, `status`, and what holds of every command. */
import { expect, test } from "vitest";
import { findFreePort } from "../../free-port.ts";
import type { Cli } from "./cli.ts";

/** As go-statemachine's files are written, with a brace that only some readers of YAML take. */
const DOCUMENTS = `# an order
---
apiVersion: v1alpha
kind: Configuration
spec:
  name: parcels
  version: v1
  startingState: start
  states: [start, next, end]
  transitions:
    - {from: start, to: next, event: accept}
    - {from: next, to: end, event: fulfil}
---
apiVersion: v1alpha
kind: FiniteStateMachine
metadata:
  labels: []
id: parcel-1
spec:
  configid: parcels:v1
  state: start
---
apiVersion: v1alpha
kind: EventRequest
id: parcel-event-1
spec:
  config: parcels
  id: parcel-1
  event:
    transition: {
      event: accept
    }
    details: |
      This accepts it.
`;

export function testDocuments(cli: () => Cli): void {
  test("send takes go-statemachine's documents; what it sent is found again by get", async () => {
    const file = await cli().write("parcels.yaml", DOCUMENTS);
    const { results } = await cli().json<{ results: { kind: string; name: string; status: string }[] }>("send", file);
    expect(results).toMatchObject([
      { kind: "Configuration", name: "parcels:v1", status: "created" },
      { kind: "FiniteStateMachine", name: "parcels/parcel-1", status: "created" },
      {
        kind: "EventRequest",
        name: "parcels/parcel-1",
        status: "sent",
        answer: { to: "next", event_id: "parcel-event-1" },
      },
    ]);
    expect(await cli().text("get", "Configuration", "parcels")).toContain("starting_state: start");
    expect(await cli().text("get", "finitestatemachine", "parcels/parcel-1")).toMatch(/state: next\n/);
    const receipt = await cli().json<object>("get", "EventOutcome", "parcels/parcel-event-1");
    expect(receipt).toMatchObject({ details: "This accepts it.\n", revision: 1 });
    expect(await cli().refusal(2, "get", "Machine", "parcels/parcel-1")).toContain("FiniteStateMachine");
    expect(await cli().refusal(2, "get", "FiniteStateMachine", "parcel-1")).toContain("CONFIGURATION/ID");
    expect(await cli().refusal(1, "get", "FiniteStateMachine", "parcels/none")).toContain("MACHINE_NOT_FOUND");
  });

  test("send counts an identical configuration as done and a repeated event as a duplicate; -- is stdin", async () => {
    const [configuration = "", , event = ""] = DOCUMENTS.split("\n---\n").slice(1);
    const input = `${configuration}\n---\n${event}`;
    const ran = await cli().run(["send", "--"], { input });
    expect(ran).toMatchObject({ code: 0, stdout: "" });
    expect(ran.stderr).toContain("parcels:v1: exists, identical");
    expect(ran.stderr).toContain("a duplicate of parcel-event-1");
    const other = await cli().run(["send", "-"], { input: configuration.replace("event: fulfil", "event: finish") });
    expect(other).toMatchObject({ code: 1 });
    expect(other.stderr).toContain("CONFIGURATION_EXISTS");
  });

  test("send ends at the first document that is refused, and says why", async () => {
    const send = (event: string) => ({ kind: "EventRequest", spec: { config: "parcels", id: "parcel-1", event } });
    const input = [send("accept"), send("fulfil")]
      .map(({ spec, ...about }) => ({ ...about, spec: { ...spec, event: { transition: { event: spec.event } } } }))
      .map((document) => JSON.stringify(document))
      .join("\n---\n");
    const ran = await cli().run(["send", "-", "--json"], { input });
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      results: [{ status: "refused", answer: { reason: "NO_TRANSITION" } }],
    });
    expect(ran.stderr).toContain("refused: NO_TRANSITION");
  });

  test.each([
    ["kind: Configuraton\nspec: {}", "stdin:1:1: kind is one of Configuration, FiniteStateMachine, EventRequest"],
    ["a: [1\n", "stdin:2:1:"],
    ["kind: EventRequest\nspec:\n  config: parcels\n  event: {}\n", "/spec/event/transition must be a map"],
    ["kind: Configuration\nspce: {}", 'stdin:2:1: "spce" is not known'],
    ["apiVersion: v9\nkind: Configuration\nspec: {}", "stdin:1:1: apiVersion is one of"],
    ["", "there is no document in it"],
  ])("send tells what is wrong with %j, and where", async (input, message) => {
    const ran = await cli().run(["send", "-"], { input });
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(message);
  });

  test("version and status tell of the service; without one they end with 3", async () => {
    expect(await cli().json("version")).toMatchObject({
      client: "0.1.0",
      server: { release: "0.1.0", state: "READY" },
    });
    expect(await cli().text("version")).toMatch(/^client {2}0\.1\.0\nserver {2}0\.1\.0 \(READY\)/);
    expect(await cli().text("status")).toMatch(/^READY/);
    expect(await cli().run(["status", "--quiet"])).toEqual({ code: 0, stdout: "", stderr: "" });
    const nowhere = `http://127.0.0.1:${await findFreePort()}`;
    const ran = await cli().run(["status", "--url", nowhere]);
    expect(ran).toMatchObject({ code: 3, stdout: "" });
    expect(ran.stderr).toContain(`${nowhere} does not answer`);
    expect(await cli().run(["version", "--url", nowhere])).toMatchObject({
      code: 3,
      stdout: expect.stringContaining("none at"),
    });
  });

  test("a mistyped command is answered with the one that was meant, and exit code 2", async () => {
    expect(await cli().refusal(2, "confg")).toContain("Did you mean config?");
    expect(await cli().refusal(2, "config", "chek")).toContain("Did you mean check?");
    expect(await cli().refusal(2, "status", "--jsn")).toContain("Did you mean --json?");
    expect(await cli().refusal(2, "config")).toContain("Commands:");
    expect(await cli().refusal(2, "config", "get")).toContain("missing required argument");
  });

  test("with --json an error is a problem document on stderr; colours only where they are asked for", async () => {
    const ran = await cli().run(["get", "Configuration", "none:v1", "--json"]);
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(JSON.parse(ran.stderr)).toMatchObject({ reason: "CONFIGURATION_NOT_FOUND", status: 404 });
    const usage = await cli().run(["send", "--json"]);
    expect(JSON.parse(usage.stderr)).toMatchObject({ reason: "COMMAND_FAILED", exit_code: 2 });
    const painted = await cli().run(["status"], { env: { FORCE_COLOR: "1" } });
    expect(painted.stdout).toContain("\u001b[32mREADY");
    expect((await cli().run(["status", "--no-color"], { env: { FORCE_COLOR: "1" } })).stdout).not.toContain("\u001b");
    expect((await cli().run(["status"])).stdout).not.toContain("\u001b");
  });
}
