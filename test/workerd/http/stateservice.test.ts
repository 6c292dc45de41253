/** StateService's protocol: charts imported as they are, and the statuses its recipes look at. */
import { describe, expect, test } from "vitest";
import { checkAnswer } from "../../doors/answer-check.ts";
import { machinePath } from "../../doors/json.ts";
import { until } from "../../until.ts";
import { send, sendJson } from "../doors/caller.ts";
import { CONFIGURATIONS, expectProblem, MACHINES, orders } from "./orders.ts";

const PLAIN = "text/plain; charset=utf-8";

/** From green by one to red, by two to blue. */
const CHART = `current_state: green_state
states:
  - name: green_state
    func: increment
    current: {key: count, value: 0}
    target: {name: red_state, when: {key: count, value: 1}}
  - name: red_state
    func: increment
    current: {key: count, value: 0}
    target: {name: blue_state, when: {key: count, value: 2}}
  - name: blue_state
`;

/** A path of its own. */
const address = (): string => `/stateservice/c${crypto.randomUUID()}/m`;

/** An import as `curl --data-binary @states.yaml` sends it. */
const post = (path: string, chart = CHART, headers: Record<string, string> = {}) =>
  sendJson(path, chart, { "content-type": "application/x-www-form-urlencoded", ...headers });

/** Sends one to `/state` and holds the answer against the document; a text counts as one without a body there. */
async function ask(method: "GET" | "HEAD" | "PUT", path: string, query: string, headers: Record<string, string> = {}) {
  const url = `${path}/state${query}`;
  const response = await send(url, { method, headers });
  const body = await response.text();
  const type = response.headers.get("content-type");
  if (method !== "HEAD" && body === "") checkAnswer(method, url, response, undefined);
  return { status: response.status, body, type };
}

async function imported(chart?: string): Promise<string> {
  const path = address();
  expect((await post(path, chart)).status).toBe(201);
  return path;
}

test("a chart becomes a configuration and a machine like any other", async () => {
  const path = address();
  const name = path.split("/")[2] ?? "";
  const { status, headers, body } = await post(path);
  expect(status).toBe(201);
  expect(headers.get("location")).toBe(machinePath(name, "m"));
  expect(headers.get("etag")).toBe('"0"');
  expect(body.statemachine).toMatchObject({
    config_id: `${name}:v1`,
    state: "green_state",
    data: { green_state: { count: 0 }, red_state: { count: 0 } },
  });
  expect((await sendJson(machinePath(name, "m"))).body.statemachine.state).toBe("green_state");
  const { body: source } = await sendJson(`${CONFIGURATIONS}/${name}:v1`);
  expect(source.starting_state).toBe("green_state");
  expect((await sendJson(`${MACHINES}?configuration=${name}`)).body.statemachines).toHaveLength(1);
  // The machine's other doors count, too.
  expect((await sendJson(`${machinePath(name, "m")}/events`, { event: "increment" })).body.to).toBe("red_state");
  expect((await ask("GET", path, "?state=red_state")).status).toBe(200);
});

test("the protocol: GET asks, PUT counts, the statuses are StateService's", async () => {
  const path = await imported();
  expect(await ask("GET", path, "?state=green_state")).toEqual({ status: 200, body: "green_state", type: PLAIN });
  expect(await ask("HEAD", path, "?state=green_state")).toMatchObject({ status: 200, body: "" });
  for (const state of ["red_state", "grey_state", "", "GREEN_STATE"]) {
    expect(await ask("GET", path, `?state=${state}`)).toEqual({ status: 406, body: "", type: null });
    expect(await ask("HEAD", path, `?state=${state}`)).toMatchObject({ status: 406 });
    expect(await ask("PUT", path, `?state=${state}`)).toEqual({ status: 500, body: "", type: null });
  }
  expect(await ask("PUT", path, "?state=green_state")).toEqual({ status: 200, body: "green_state", type: PLAIN });
  expect(await ask("GET", path, "?state=green_state")).toMatchObject({ status: 406 });
  expect(await ask("PUT", path, "?state=green_state")).toMatchObject({ status: 500 });
  // The first of two changes the counter, not the state.
  for (const current of ["red_state", "blue_state"]) {
    expect(await ask("PUT", path, "?state=red_state")).toMatchObject({ status: 200, body: "red_state" });
    expect(await ask("GET", path, `?state=${current}`)).toMatchObject({ status: 200, body: current });
  }
  expect(await ask("PUT", path, "?state=blue_state")).toEqual({ status: 500, body: "", type: null });
});

test("without the parameter it is 500, whatever else is asked", async () => {
  const path = await imported();
  for (const method of ["GET", "HEAD", "PUT"] as const) {
    expect(await ask(method, path, "")).toMatchObject({ status: 500, body: "" });
    expect(await ask(method, address(), "")).toMatchObject({ status: 500, body: "" });
  }
});

test("a machine that is not there is 404, one that is gone 410", async () => {
  const path = await imported();
  await expectProblem(sendJson(`${address()}/state?state=a`), 404, "MACHINE_NOT_FOUND");
  expect(await ask("PUT", address(), "?state=a")).toMatchObject({ status: 404 });
  expect(await ask("PUT", path.replace(/m$/, "n"), "?state=a")).toMatchObject({ status: 404 });
  expect((await send(path.replace("/stateservice", MACHINES), { method: "DELETE" })).status).toBe(204);
  await expectProblem(sendJson(`${path}/state?state=a`), 410, "MACHINE_GONE");
  expect(await ask("PUT", path, "?state=a")).toMatchObject({ status: 410 });
  await expectProblem(post(path), 410, "MACHINE_GONE");
});

test("other parameters and malformed names are refused as on every route", async () => {
  const path = await imported();
  await expectProblem(sendJson(`${path}/state?state=a&is=b`), 400, "INVALID_ARGUMENT", ["/is"]);
  await expectProblem(sendJson(`${path}/state?state=a&state=b`), 400, "INVALID_ARGUMENT", ["/state"]);
  await expectProblem(sendJson("/stateservice/1/m/state?state=a"), 400, "INVALID_ARGUMENT", ["/configuration"]);
  await expectProblem(post("/stateservice/1/m"), 400, "INVALID_ARGUMENT", ["/configuration"]);
  await expectProblem(post(`${address()}?timezone=Mars/Base`), 400, "INVALID_ARGUMENT", ["/timezone"]);
  await expectProblem(post(`${address()}?version=.`), 400, "INVALID_ARGUMENT", ["/version"]);
});

test.each([
  ["/stateservice/c/m", ["GET", "PUT", "PATCH", "DELETE"], "POST"],
  ["/stateservice/c/m/state", ["POST", "PATCH", "DELETE"], "GET, HEAD, PUT"],
])("on %s %j are 405", async (path, methods, allow) => {
  for (const method of methods) {
    const response = await send(path, { method });
    expect([method, response.status, response.headers.get("allow")]).toEqual([method, 405, allow]);
    await response.text();
  }
});

test("POST /state, which asked a model, is not carried over", async () => {
  await expectProblem(sendJson("/state", { name: "colors", values: [[500, 0]] }), 404, "NOT_FOUND");
});

test("a credential is needed as on every other route", async () => {
  const remote = { "x-forwarded-for": "192.0.2.1" };
  await expectProblem(post(address(), CHART, remote), 401, "UNAUTHENTICATED");
  expect(await ask("GET", address(), "?state=a", remote)).toMatchObject({ status: 401 });
  expect(await ask("PUT", address(), "", remote)).toMatchObject({ status: 401 });
});

test("the machine again is MACHINE_EXISTS, another of an equal chart is one more, another chart needs a version", async () => {
  const path = await imported();
  await expectProblem(post(path), 409, "MACHINE_EXISTS");
  const other = path.replace(/m$/, "n");
  expect((await post(other, CHART.replace("current_state: green_state", "current_state: blue_state"))).status).toBe(
    201,
  );
  expect(await ask("GET", other, "?state=blue_state")).toMatchObject({ status: 200 });
  const longer = CHART.replace("value: 2", "value: 3");
  const { detail } = await expectProblem(post(path.replace(/m$/, "o"), longer), 409, "CONFIGURATION_EXISTS");
  expect(detail).toContain("?version=");
  const created = await post(`${path.replace(/m$/, "o")}?version=v2`, longer);
  expect(created.body.statemachine.config_id).toMatch(/:v2$/);
});

test("a deprecated chart takes no new machines", async () => {
  const path = await imported();
  const name = path.split("/")[2] ?? "";
  await send(`${CONFIGURATIONS}/${name}:v1/deprecate`, { method: "POST" });
  await expectProblem(post(path.replace(/m$/, "n")), 409, "CONFIGURATION_DEPRECATED");
});

test("a repeat under the same key is one import, and one count", async () => {
  const path = address();
  const key = { "idempotency-key": "k" };
  const first = await post(path, CHART, key);
  const count = () => ask("PUT", path, "?state=green_state", key);
  expect([(await count()).status, (await count()).status]).toEqual([200, 200]);
  const again = await post(path, CHART, key);
  expect([again.status, again.body]).toEqual([201, first.body]);
  // The state it leads to is untouched by the repeat, and the key is not another event's.
  expect(await ask("PUT", path, "?state=red_state", key)).toMatchObject({ status: 500 });
  expect(await ask("GET", path, "?state=red_state")).toMatchObject({ status: 200 });
});

test("at once as many are taken as lead to the target", async () => {
  const path = await imported(CHART.replace("value: 1", "value: 5"));
  const asked = await Promise.all(Array.from({ length: 12 }, () => ask("PUT", path, "?state=green_state")));
  const count = (status: number) => asked.filter((answer) => answer.status === status).length;
  expect([count(200), count(500)]).toEqual([5, 7]);
  const { body } = await sendJson(path.replace("/stateservice", MACHINES));
  expect(body.statemachine).toMatchObject({ state: "red_state", revision: 5, data: { red_state: { count: 0 } } });
});

describe("times", () => {
  const clock = (instant: number, second = "red_state"): string => `current_state: green_state
states:
  - name: green_state
    func: time
    target: {name: ${second}, when: {key: clock, value: '${new Date(instant).toISOString().slice(0, 19)}'}}
  - name: red_state
`;

  test("a state is left by itself when its time has come, and is not counted up", async () => {
    const path = await imported(clock(Date.now() + 3_000));
    expect(await ask("GET", path, "?state=green_state")).toMatchObject({ status: 200 });
    expect(await ask("PUT", path, "?state=green_state")).toEqual({ status: 500, body: "", type: null });
    const { body } = await sendJson(path.replace("/stateservice", MACHINES));
    expect(body.statemachine.state).toBe("green_state");
    const left = await until(
      10_000,
      () => ask("GET", path, "?state=red_state"),
      ({ status }) => status === 200,
    );
    expect(left).toMatchObject({ status: 200, body: "red_state" });
  });

  test("one that is past is left at once", async () => {
    const path = await imported(clock(Date.UTC(2001, 0)));
    const left = await until(
      5_000,
      () => ask("GET", path, "?state=red_state"),
      ({ status }) => status === 200,
    );
    expect(left.status).toBe(200);
  });

  test("are UTC's, or the zone's that is named", async () => {
    const path = address();
    const name = path.split("/")[2] ?? "";
    const chart = clock(Date.UTC(2999, 6, 1, 12));
    await post(path, chart);
    await post(`${path}?timezone=Europe/Paris&version=paris`, chart);
    const deadlineOf = async (version: string): Promise<string> =>
      (await sendJson(`${CONFIGURATIONS}/${name}:${version}`)).body.transitions[0].deadline;
    expect(await deadlineOf("v1")).toBe('timestamp("2999-07-01T12:00:00Z")');
    expect(await deadlineOf("paris")).toBe('timestamp("2999-07-01T10:00:00Z")');
  });
});

test("the routes work on a machine of any configuration", async () => {
  const source = orders();
  await sendJson(CONFIGURATIONS, source);
  await sendJson(MACHINES, { config_id: source.name, id: "m" });
  const path = `/stateservice/${source.name}/m`;
  expect(await ask("GET", path, "?state=start")).toMatchObject({ status: 200, body: "start" });
  expect(await ask("PUT", path, "?state=start")).toMatchObject({ status: 500 });
});

test("states of any name are asked for percent-encoded, and answered as plain text", async () => {
  for (const name of ["<script>alert(1)</script>", "a b+c&d=é😀", "__proto__", "*/"]) {
    const quoted = JSON.stringify(name);
    const path = await imported(CHART.replaceAll("green_state", quoted));
    const query = `?state=${encodeURIComponent(name)}`;
    expect(await ask("GET", path, query)).toEqual({ status: 200, body: name, type: PLAIN });
    expect(await ask("PUT", path, query)).toEqual({ status: 200, body: name, type: PLAIN });
    expect(await ask("GET", path, query)).toMatchObject({ status: 406 });
  }
});

describe("the body of an import", () => {
  test.each([
    "application/yaml",
    "application/x-yaml",
    "text/yaml; charset=utf-8",
    "text/x-yaml",
    "application/vnd.stateservice+yaml",
    "text/plain;charset=UTF-8",
    "application/octet-stream",
    "application/x-www-form-urlencoded",
    "application/json",
  ])("may be called %s", async (type) => {
    expect((await post(address(), CHART, { "content-type": type })).status).toBe(201);
  });

  test("may be called nothing", async () => {
    const body = new TextEncoder().encode(CHART);
    expect((await send(address(), { method: "POST", body })).status).toBe(201);
  });

  test.each(["text/html", "multipart/form-data; boundary=x", "application/xml", "text/yaml; charset=latin1"])(
    "%s is 415",
    async (type) => {
      await expectProblem(post(address(), CHART, { "content-type": type }), 415, "UNSUPPORTED_MEDIA_TYPE");
    },
  );

  test("may be JSON", async () => {
    const target = { name: "b", when: { key: "n", value: 1 } };
    const first = { name: "a", func: "increment", current: { key: "n", value: 0 }, target };
    const path = address();
    expect((await sendJson(path, { current_state: "a", states: [first, { name: "b" }] })).status).toBe(201);
    expect(await ask("PUT", path, "?state=a")).toMatchObject({ status: 200 });
    expect(await ask("GET", path, "?state=b")).toMatchObject({ status: 200 });
  });

  test.each([
    ["no YAML", CHART.replace("func: increment", "func: : increment"), "", "line 4: "],
    ["an unknown field", CHART.replace("func: increment", "gaurd: x"), "/states/0/gaurd", "line 4: "],
    [
      "a target that is none",
      CHART.replace("name: blue_state, when", "name: blue, when"),
      "/states/1/target/name",
      "line 10: ",
    ],
    ["nothing", "", "", "line 1: "],
    ["the README's block with its caption", `--- states.yaml ---\n${CHART}`, "", "line 2: "],
    ["a bomb", "a: &a [x]\nb: &b [*a,*a]\n", "", "line 1: "],
  ])("%s is 400 with the line", async (_name, chart, pointer, line) => {
    const problem = await expectProblem(post(address(), chart), 400, "INVALID_ARGUMENT", undefined);
    expect(problem.errors[0].pointer).toBe(pointer);
    expect(problem.errors[0].message).toMatch(new RegExp(`^${line}`));
    expect(problem.detail).toContain(line);
  });

  test("is refused beyond the limits, and where it is no UTF-8", async () => {
    await expectProblem(post(address(), "#".repeat(1024 * 1024 + 1)), 413, "BODY_TOO_LARGE");
    await expectProblem(post(address(), "[".repeat(1024 * 1024)), 400, "LIMIT_EXCEEDED");
    const response = await send(address(), { method: "POST", body: new Uint8Array([0xff, 0xfe]) });
    expect(response.status).toBe(400);
    await response.text();
  });
});
