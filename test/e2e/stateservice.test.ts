/** Whoever comes from StateService changes the base URL, and nothing else: its README's lines, in a real cURL. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Server, startServer } from "./server.ts";

const root = join(import.meta.dirname, "../..");
const page = await readFile(join(root, "docs/stateservice.md"), "utf8");
const blocks = [...page.matchAll(/<!-- test: run -->\s*```sh\n([\s\S]*?)```/g)].map(([, block]) => block ?? "");

let server: Server;
/** Where the lines leave their chart. */
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "detent-stateservice-"));
  server = await startServer();
});
afterAll(async () => {
  await server?.stop();
  await rm(dir, { recursive: true, force: true });
});

async function run(script: string): Promise<string> {
  return (await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script], { cwd: dir })).stdout;
}

describe("docs/stateservice.md", () => {
  test("has blocks to run", () => expect(blocks).toHaveLength(2));

  test.each(blocks.map((block, index) => ({ index, block })))("block $index runs", async ({ block }) => {
    expect(await run(block.replaceAll("http://localhost:8787", server.url))).not.toBe("");
  });
});

/** As they stand in https://github.com/facebookarchive/StateService, and what it says they print. */
const README_LINES = [
  ["curl -sIX GET http://localhost:5000/state?state=green_state | grep 200", "HTTP/1.1 200 OK"],
  ["curl -sIX PUT http://localhost:5000/state?state=green_state", "HTTP/1.1 200 OK"],
  ["curl -sIX GET http://localhost:5000/state?state=red_state | grep 200", "HTTP/1.1 200 OK"],
  ["curl -sIX GET http://localhost:5000/state?state=green_state | grep 406", "HTTP/1.1 406 Not Acceptable"],
  ["curl -sIX PUT http://localhost:5000/state?state=red_state", "HTTP/1.1 200 OK"],
  ["curl -sIX GET http://localhost:5000/state?state=blue_state | grep 200", "HTTP/1.1 200 OK"],
] as const;

test("the lines of StateService's README print what they print there", async () => {
  const base = `${server.url}/stateservice/colors/wall-2`;
  await run(`curl -sS --fail-with-body -o /dev/null --data-binary @states.yaml ${base}`);
  for (const [line, printed] of README_LINES) {
    const output = await run(line.replace("http://localhost:5000", base));
    expect([line, output.split("\r\n")[0]]).toEqual([line, printed]);
  }
});

test("cURL without -I prints the state, and by -f its exit code is what only_if looks at", async () => {
  const url = `${server.url}/stateservice/colors/wall-2/state?state=`;
  expect(await run(`curl -sf '${url}blue_state'`)).toBe("blue_state");
  expect(await run(`curl -sf '${url}red_state' || echo $?`)).toBe("22\n");
  expect(await run(`curl -sfX PUT '${url}blue_state' || echo $?`)).toBe("22\n");
  // No body, one of none, one of something: none of it is asked for.
  const base = `${server.url}/stateservice/letters/a-1`;
  const counter = "func: increment, current: {key: n, value: 0}, target: {name: b, when: {key: n, value: 9}}";
  await run(
    `curl -sSf -o /dev/null --data-binary 'current_state: a\nstates: [{name: a, ${counter}}, {name: b}]' ${base}`,
  );
  for (const option of ["-X PUT", "-X PUT -d ''", "-X PUT -d x", "-X PUT -H 'Content-Type: text/html'", "-T /dev/null"])
    expect([option, await run(`curl -sf ${option} '${base}/state?state=a'`)]).toEqual([option, "a"]);
});
