/** The console in a real Chromium: every page's suite, on one server. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessSuite } from "../console/access.suite.ts";
import { failuresSuite } from "../console/failures.suite.ts";
import { overviewSuite } from "../console/overview.suite.ts";
import { servingSuite } from "../console/serving.suite.ts";
import { setStage, type Stage } from "../console/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage?.end());

const SUITES = { serving: servingSuite, overview: overviewSuite, failures: failuresSuite, access: accessSuite };

for (const [name, suite] of Object.entries(SUITES)) describe(name, () => suite(() => stage));

test("no page has failed, asked another host or broken its policy meanwhile", () => {
  expect(stage.complaints).toEqual([]);
});
