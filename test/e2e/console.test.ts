/** The console in a real Chromium: every page's suite, on one server. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessSuite } from "../console/access.suite.ts";
import { configurationsSuite } from "../console/configurations.suite.ts";
import { everyPageSuite } from "../console/every-page.suite.ts";
import { failuresSuite } from "../console/failures.suite.ts";
import { jobsSuite } from "../console/jobs.suite.ts";
import { machineSuite } from "../console/machine.suite.ts";
import { machinesSuite } from "../console/machines.suite.ts";
import { overviewSuite } from "../console/overview.suite.ts";
import { fleetSuite } from "../console/fleet.suite.ts";
import { seedIndex } from "../console/seed-index.ts";
import { seed, type Seeded } from "../console/seed.ts";
import { servingSuite } from "../console/serving.suite.ts";
import { setStage, type Stage } from "../console/stage.ts";

let stage: Stage;
let seeded: Seeded;
beforeAll(async () => {
  stage = await setStage();
  seeded = await seed(stage.server);
  await seedIndex(stage.server.url, stage.server.stateDir);
});
afterAll(() => stage?.end());

const SUITES = {
  serving: servingSuite,
  overview: overviewSuite,
  configurations: configurationsSuite,
  machines: machinesSuite,
  machine: machineSuite,
  jobs: jobsSuite,
  failures: failuresSuite,
  access: accessSuite,
  fleet: fleetSuite,
  "every page": everyPageSuite,
};

for (const [name, suite] of Object.entries(SUITES)) {
  describe(name, () =>
    suite(
      () => stage,
      () => seeded,
    ),
  );
}

test("no page has failed, asked another host or broken its policy meanwhile", () => {
  expect(stage.complaints).toEqual([]);
});
