/** What goes wrong around a command: interruptions, readers that leave, services that are none, answers that are lost. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ordersConfiguration, type Cli } from "./cli.ts";

/** Serves as `listener` says while `work` runs. */
async function withService(listener: RequestListener, work: (url: string) => Promise<void>): Promise<void> {
  const service = createServer(listener).listen(0, "127.0.0.1");
  await once(service, "listening");
  try {
    await work(`http://127.0.0.1:${(service.address() as AddressInfo).port}`);
  } finally {
    service.closeAllConnections();
    service.close();
  }
}

export function testTrouble(cli: () => Cli): void {
  test.each(["SIGINT", "SIGTERM"] as const)("%s ends a command that waits for stdin", async (signal) => {
    const child = cli().start(["send", "-"]);
    // It reads stdin once it has come so far: the signal before that would end any process.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    child.kill(signal);
    const [code] = (await once(child, "exit")) as [number | null];
    expect(code).toBe(130);
  });

  test("a service that does not answer keeps nobody who interrupts", async () => {
    const asked = Promise.withResolvers<void>();
    await withService(
      () => asked.resolve(),
      async (url) => {
        const child = cli().start(["config", "list", "--url", url]);
        await asked.promise;
        child.kill("SIGINT");
        expect(await once(child, "exit")).toEqual([130, null]);
      },
    );
  });

  test("--quiet silences no error", async () => {
    await cli().text("config", "create", await cli().write("quiet.json", ordersConfiguration("quiet")));
    await cli().text("machine", "create", "quiet", "--id", "q-1");
    const refused = {
      kind: "EventRequest",
      spec: { config: "quiet", id: "q-1", event: { transition: { event: "ship" } } },
    };
    const ran = await cli().run(["send", "-", "-q"], { input: JSON.stringify(refused) });
    expect(ran).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("refused: NO_TRANSITION") });
    const faulty = await cli().write("quiet-faulty.json", { ...ordersConfiguration("quiet"), starting_state: "none" });
    expect(await cli().run(["config", "create", faulty, "-q"])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("error:"),
    });
    expect(JSON.parse((await cli().run(["config", "create", faulty, "--json"])).stdout)).toMatchObject({
      valid: false,
    });
  });

  test("who stops reading neither stops what is done nor changes how it ended", async () => {
    await cli().text("config", "create", await cli().write("piped.json", ordersConfiguration("piped")));
    await cli().text("machine", "create", "piped", "--id", "p-1");
    const events = ["accept", "ship"].map((event, i) =>
      JSON.stringify({
        kind: "EventRequest",
        id: `p-${i}`,
        spec: { config: "piped", id: "p-1", event: { transition: { event } } },
      }),
    );
    const file = await cli().write("piped.yaml", events.join("\n---\n"));
    const { env, cwd } = await cli().shell();
    const shell = (script: string) => promisify(execFile)("bash", ["-o", "pipefail", "-c", script], { env, cwd });
    await shell(`detent send ${file} 2>&1 | true`);
    expect(await cli().json("machine", "get", "piped/p-1")).toMatchObject({ statemachine: { state: "shipped" } });
    const scenarios = `configuration: ${JSON.stringify(ordersConfiguration("x"))}\nscenarios: [{name: wrong, steps: [{when: accept, then: shipped}]}]\n`;
    const failing = await cli().write("piped-scenarios.yaml", scenarios);
    await expect(shell(`detent test ${failing} | true`)).rejects.toMatchObject({ code: 1 });
  });

  test.each<[string, RequestListener, RegExp]>([
    [
      "a page",
      (_, response) => response.setHeader("content-type", "text/html").end("<p>Hello"),
      /is not Detent: it sends text\/html/,
    ],
    [
      "half an answer",
      (_, response) => response.setHeader("content-type", "application/json").end('{"configurations": ['),
      /not the JSON/,
    ],
    [
      "a redirection",
      (_, response) => response.writeHead(308, { location: "https://elsewhere.example" }).end(),
      /points to https:\/\/elsewhere\.example/,
    ],
    ["an error without a problem", (_, response) => response.writeHead(500).end("no"), /500 .* no problem document/],
  ])("%s in place of an answer is told, and not as a defect", async (_, listener, message) => {
    await withService(listener, async (url) => {
      const stderr = await cli().refusal(3, "config", "list", "--url", url);
      expect(stderr).toMatch(message);
      expect(stderr).not.toContain("defect");
    });
  });

  test("a key that cannot be sent is told without being shown", async () => {
    const env = { DETENT_KEY: "dtk_abc\nSECRET" };
    for (const args of [
      ["config", "list"],
      ["test", "--service", await cli().write("keyed.yaml", "scenarios: []")],
    ]) {
      const ran = await cli().run(args, { env });
      expect(ran).toMatchObject({
        code: 2,
        stdout: "",
        stderr: expect.stringContaining("the key has a character at place 8 of 14"),
      });
      expect(ran.stderr).not.toContain("SECRET");
    }
  });

  test("a test that cannot be run ends as what keeps it from being run, not as a test that failed", async () => {
    const scenarios = (configuration: string) =>
      `${configuration}\nscenarios: [{name: one, steps: [{when: accept, then: pending}]}]\n`;
    const stored = await cli().write("stored.yaml", scenarios("config_id: nowhere:v1"));
    expect(await cli().refusal(2, "test", stored)).toContain("stored.yaml:1:");
    expect((await cli().run(["test", stored, "--service"])).code).toBe(1);
    const inline = await cli().write(
      "inline.yaml",
      scenarios(`configuration: ${JSON.stringify(ordersConfiguration("inline"))}`),
    );
    expect(await cli().refusal(2, "test", inline, "--service", "--wait-at-most", "soon")).toContain("waitAtMost");
    const denied = await cli().run(["test", inline, "--service"], { env: { DETENT_KEY: "dtk_unknown" } });
    expect(denied).toMatchObject({ code: 4, stdout: "" });
  });

  test("what a service says moves no cursor", async () => {
    const problem = {
      status: 404,
      reason: "X",
      detail: "\u001b[2Jgone\u009b",
      errors: [{ pointer: "/\u202e", rule: "r", message: "\u0007" }],
    };
    const listener: RequestListener = (_, response) => {
      response.writeHead(404, { "content-type": "application/problem+json" }).end(JSON.stringify(problem));
    };
    await withService(listener, async (url) => {
      const stderr = await cli().refusal(1, "config", "list", "--url", url);
      // eslint-disable-next-line no-control-regex -- control characters are what must not be there
      expect(stderr.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    });
  });

  test("an event whose answer is lost is sent again under the same id, also where its document has an empty one", async () => {
    const bodies: { event_id?: string }[] = [];
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      bodies.push(JSON.parse(await readText(request)) as { event_id?: string });
      if (bodies.length === 1) response.destroy();
      else
        response
          .setHeader("content-type", "application/json")
          .end('{"event": "e", "from": "a", "to": "b", "revision": 1}');
    };
    const event = {
      kind: "EventRequest",
      id: "",
      spec: { config: "c", id: "m", event: { event_id: "", transition: { event: "e" } } },
    };
    const listener: RequestListener = (request, response) => void answer(request, response);
    await withService(listener, async (url) => {
      const ran = await cli().run(["send", "-", "--url", url], { input: JSON.stringify(event) });
      expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining("trying again") });
    });
    const [first, second] = bodies.map(({ event_id: id }) => id);
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).toBe(first);
  });

  test("what is not UTF-8 is not read; what config get shows can be uploaded again", async () => {
    const latin = Buffer.from("name: caf\u00e9\n", "latin1");
    const file = join(cli().dir, "latin.yaml");
    await writeFile(file, latin);
    expect(await cli().refusal(2, "config", "check", "--offline", file)).toContain("latin.yaml is not UTF-8");
    await cli().text("config", "create", await cli().write("round.json", ordersConfiguration("round")));
    for (const flags of [["--json"], []]) {
      const shown = (await cli().run(["config", "get", "round", ...flags])).stdout;
      const again = await cli().run(["config", "create", "-", "--json"], { input: shown });
      expect(JSON.parse(again.stdout)).toMatchObject({ status: "identical" });
    }
  });

  test("flags that all commands have may stand before the command; what cannot be read is told as JSON, too", async () => {
    const before = await cli().run(["--json", "--url", cli().url, "status"], {
      env: { DETENT_URL: "http://127.0.0.1:9" },
    });
    expect(before.code).toBe(0);
    expect(JSON.parse(before.stdout)).toMatchObject({ state: "READY" });
    const ran = await cli().run(["config", "chek", "--json"]);
    expect(ran.code).toBe(2);
    expect(JSON.parse(ran.stderr.split("\n")[0] ?? "")).toMatchObject({
      reason: "COMMAND_FAILED",
      exit_code: 2,
      detail: expect.stringContaining("Did you mean check?"),
    });
  });
}
