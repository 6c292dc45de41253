/**
 * Calls by chance, each made twice: through the RPC doors in one world, through the JSON routes in another that has the same
 * machines. Both must answer what the reference model says, and say the same to people.
 */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { textOf, type Call } from "../../doors/random/calls.ts";
import { CONFIGURATIONS, Generator } from "../../doors/random/generator.ts";
import { JsonCaller } from "../../doors/random/json-caller.ts";
import { RpcCaller } from "../../doors/random/rpc-caller.ts";
import { ServiceModel } from "../../doors/random/service-model.ts";
import { World } from "../../doors/random/world.ts";
import { Chance } from "../../unit/simulation/random.ts";
import { connectBinary, connectGet, connectJson, grpcWeb, send, sendJson } from "./caller.ts";

const { DETENT_RANDOM_CALLS, DETENT_RANDOM_SEED } = env as unknown as Record<string, string>;
/** Both doors together. */
const CALLS = Number(DETENT_RANDOM_CALLS || 10_000);
/** Fixed, since `npm test` judges a change, not luck. */
const SEED = Number(DETENT_RANDOM_SEED || 1);
/** Lanes have machines of their own and go on side by side; within one, call follows call. */
const LANES = 25;
/** Earlier calls that a failure shows. */
const SHOWN = 12;

/** What was answered, to see that everything there is was asked for. */
const counts = new Map<string, number>();

function count(what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

function countAll(call: Call, said: string): void {
  count(call.do);
  for (const [, reason] of said.matchAll(/"reason":"([A-Z_]+)"/g)) count(`${call.do}: ${reason}`);
  for (const mark of ['"duplicate":true', '"created":true', '"isDryRun":true', '"kind":"override"']) {
    if (said.includes(mark)) count(mark);
  }
}

async function runLane(lane: string, seed: number, pairs: number): Promise<void> {
  const chance = new Chance(seed);
  const model = new ServiceModel(CONFIGURATIONS);
  const generator = new Generator(lane, chance, model);
  const [worldR, worldJ] = [new World("r-"), new World("j-")];
  const rpc = new RpcCaller(worldR, [connectJson, connectBinary, connectGet, grpcWeb], (items) => chance.pick(items));
  const json = new JsonCaller(worldJ, send);
  const past: string[] = [];
  for (let index = 0; index < pairs; index += 1) {
    const call = generator.next();
    past.push(textOf(call));
    const wanted = textOf(model.answer(call));
    countAll(call, wanted);
    const [heardR, heardJ] = await Promise.all([rpc.call(call), json.call(call)]).catch((error: unknown) => {
      throw new Error(`${lane}, call ${index}: ${past.at(-1)}`, { cause: error });
    });
    const [saidR, saidJ] = [textOf(heardR.answer), textOf(heardJ.answer)];
    if (saidR === wanted && saidJ === wanted && textOf(heardR.messages) === textOf(heardJ.messages)) continue;
    const where = `seed ${SEED}, ${lane}, call ${index}; calls up to it:\n${past.slice(-SHOWN).join("\n")}\n`;
    expect({ rpc: JSON.parse(saidR) as unknown }, `${where}RPC`).toEqual({ rpc: JSON.parse(wanted) as unknown });
    expect({ json: JSON.parse(saidJ) as unknown }, `${where}JSON`).toEqual({ json: JSON.parse(wanted) as unknown });
    expect(heardR.messages, `${where}the messages of RPC and of JSON`).toEqual(heardJ.messages);
    throw new Error(`${where}the texts differ: ${wanted}, ${saidR}, ${saidJ}`);
  }
  expect([...worldR.made], "ids made of keys are the same in both worlds").toEqual([...worldJ.made]);
}

test(`${CALLS} random calls through RPC and JSON agree with the model and with each other`, async () => {
  for (const source of ["r-", "j-"].flatMap((prefix) =>
    CONFIGURATIONS.map((one) => ({ ...one, name: `${prefix}${one.name}` })),
  )) {
    expect(await sendJson("/api/v1/configurations", source)).toMatchObject({ status: 201 });
  }
  const pairs = Math.ceil(CALLS / 2 / LANES);
  await Promise.all(Array.from({ length: LANES }, (_, lane) => runLane(`lane${lane}`, SEED * LANES + lane, pairs)));
}, 600_000);

test("everything that can be answered was asked for", () => {
  const about = (what: string, reasons: string): string[] => reasons.split(" ").map((reason) => `${what}: ${reason}`);
  const decided = "UNKNOWN_EVENT NO_TRANSITION REVISION_MISMATCH STATE_MISMATCH EVENT_ID_REUSED INVALID_ARGUMENT";
  const missed = "MACHINE_NOT_FOUND MACHINE_GONE CONFIGURATION_NOT_FOUND";
  const wanted = [
    '"duplicate":true',
    '"created":true',
    '"isDryRun":true',
    '"kind":"override"',
    "list history",
    "list allowed",
    ...about("create", "MACHINE_EXISTS MACHINE_GONE CONFIGURATION_NOT_FOUND"),
    ...about("send", `${decided} ${missed}`),
    ...about("send many", `${decided} ${missed} MISSING_DESTINATION`),
    ...about("override", "REVISION_MISMATCH INVALID_ARGUMENT MACHINE_GONE"),
    ...about("read", "OUT_OF_RANGE MACHINE_GONE"),
    ...about("read event", "EVENT_NOT_FOUND MACHINE_GONE NO_TRANSITION"),
    ...about("label", "REVISION_MISMATCH MACHINE_GONE"),
    ...about("delete", "REVISION_MISMATCH MACHINE_NOT_FOUND"),
  ];
  expect(wanted.filter((what) => !counts.has(what))).toEqual([]);
});
