/** The machines of a simulated world, and what is true of them. */
import type { CreateCall, MachineAddress, SendCall } from "../../../src/machine/calls.ts";
import type { World } from "./world.ts";

export const LOOP = {
  name: "loop",
  version: "v1",
  starting_state: "a",
  states: ["a", "b", "end"],
  transitions: [
    { from: "a", to: "b", event: "go" },
    { from: "b", to: "a", event: "go" },
    { from: "a", to: "end", event: "finish" },
    { from: "b", to: "end", event: "finish" },
  ],
};

export function creation(source: object = LOOP): CreateCall {
  return { version: "v1", source: JSON.stringify(source), data: "{}", labels: "{}" };
}

export function addressOf(id: string): MachineAddress {
  return { tenant: "t", configuration: "loop", id };
}

/** `go` is accepted, `never` refused. */
export function event(eventId: string, name = "go"): SendCall {
  return { eventId, event: name, data: "{}", details: "", originator: "", actor: "test" };
}

/** Creates a machine, as often as it takes. */
export async function createMachine(world: World, address: MachineAddress, source?: object): Promise<void> {
  for (;;) {
    const work = world.create(address, creation(source)).then(
      (reply) => reply.ok || reply.reason === "MACHINE_EXISTS",
      () => false,
    );
    // An instance that was killed answers nobody.
    const done = await Promise.race([work, world.clock.sleep(60_000).then(() => false)]);
    if (done) return;
  }
}

/** A machine's own account of itself. */
export function truthOf(world: World, address: MachineAddress) {
  const storage = world.storageOf(address);
  const head = storage.prepare("SELECT revision, state FROM transitions ORDER BY revision DESC LIMIT 1").get();
  const accepted = storage.prepare("SELECT event_id FROM transitions WHERE revision > 0 ORDER BY revision").all();
  const refused = storage.prepare("SELECT event_id FROM outcomes WHERE kind = 'refused' ORDER BY seq").all();
  return {
    state: String(head?.["state"]),
    revision: Number(head?.["revision"]),
    accepted: accepted.map((row) => String(row["event_id"])),
    refused: refused.map((row) => String(row["event_id"])),
  };
}

/** The same as the index has it, feeds included. */
export function indexedOf(world: World, { tenant, configuration, id }: MachineAddress) {
  const key = [tenant, configuration, id] as const;
  const row = world.index
    .prepare("SELECT state, revision FROM machines WHERE tenant = ? AND configuration = ? AND id = ?")
    .get(...key);
  const accepted = world.index
    .prepare(
      `SELECT event_id FROM transitions WHERE tenant = ? AND configuration = ? AND machine_id = ? AND kind = 'changed'
       ORDER BY seq`,
    )
    .all(...key);
  const refused = world.index
    .prepare("SELECT event_id FROM failures WHERE tenant = ? AND configuration = ? AND machine_id = ? ORDER BY seq")
    .all(...key);
  return {
    state: String(row?.["state"]),
    revision: Number(row?.["revision"]),
    accepted: accepted.map((found) => String(found["event_id"])),
    refused: refused.map((found) => String(found["event_id"])),
  };
}
