/** The console over the death of its server. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { machineReconnectSuite } from "../console/machine-reconnect.suite.ts";
import { setStage, type Stage } from "../console/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage?.end());

machineReconnectSuite(() => stage);

test("no page has failed meanwhile", () => {
  expect(stage.complaints).toEqual([]);
});
