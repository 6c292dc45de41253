/** The client against a server as `npm start` runs it: all of its claims in one world. */
import { afterAll, beforeAll, describe } from "vitest";
import { claimExamples } from "./client/shown.ts";
import { claimRepeats } from "./client/trouble.ts";
import { claimTypes } from "./client/typed.ts";
import { claimWatches } from "./client/watching.ts";
import { startWorld, world } from "./client/world.ts";

beforeAll(startWorld);
afterAll(() => world?.stop());

describe("what is shown", claimExamples);
describe("a machine in types", claimTypes);
describe("through trouble", claimRepeats);
describe("watching", claimWatches);
