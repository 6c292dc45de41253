/** Timers on the real platform: its alarms take only times that nanoseconds in 64 bits can tell. */
import { expect, test } from "vitest";
import { until } from "../../until.ts";
import { sendJson } from "../doors/caller.ts";

const MACHINES = "/api/v1/statemachines";
const FIRED_WITHIN_MS = 20_000;

/** A machine that has entered, by an event, a state with this deadline. */
async function machineWith(deadline: string): Promise<string> {
  const name = `timers-${crypto.randomUUID()}`;
  const transitions = [
    { from: "s", to: "a", event: "start" },
    { from: "a", to: "b", event: "go", deadline },
  ];
  const configuration = { name, starting_state: "s", states: ["s", "a", "b"], transitions };
  expect((await sendJson("/api/v1/configurations", configuration)).status).toBe(201);
  expect((await sendJson(MACHINES, { config_id: name, id: "m" })).status).toBe(201);
  expect((await sendJson(`${MACHINES}/${name}/m/events`, { event: "start" })).status).toBe(200);
  return name;
}

const machineOf = async (name: string) => (await sendJson(`${MACHINES}/${name}/m`)).body.statemachine;

test("deadlines of any age are due at once, those of the far future in time, and neither harms an event", async () => {
  const past = ["1970-01-01T00:00:01Z", "1970-01-01T00:00:00Z", "1600-01-01T00:00:00Z", "0001-01-01T00:00:00Z"];
  for (const time of past) {
    const name = await machineWith(`timestamp('${time}')`);
    const state = async () => (await machineOf(name)).state;
    expect(await until(FIRED_WITHIN_MS, state, (found) => found === "b"), time).toBe("b");
  }
  const name = await machineWith("timestamp('9999-12-31T23:59:59Z')");
  expect(await machineOf(name)).toMatchObject({
    state: "a",
    timers: [{ event: "go", to: "b", due_at: "9999-12-31T23:59:59.000Z" }],
  });
});
