/** Thousands of machines in the index, so that lists have many pages. They have no objects: a machine's own page finds none. */
import { Api } from "./api.ts";
import { withCatalog } from "./catalog-file.ts";

export const FLEET = {
  name: "fleet",
  version: "v1",
  starting_state: "parked",
  states: ["parked", "driving", "charging", "sold"],
  transitions: [
    { from: "parked", to: "driving", event: "start" },
    { from: "driving", to: "parked", event: "stop" },
    { from: "parked", to: "charging", event: "plug" },
    { from: "charging", to: "parked", event: "unplug" },
    { from: "parked", to: "sold", event: "sell" },
  ],
};

const VERSIONS = ["v1", "v2"] as const;
const DEPOTS = ["north", "east", "south", "west"] as const;
const FIRST_AT = Date.UTC(2026, 0, 1);
const APART_MS = 60_000;

export interface SeededIndex {
  readonly configuration: string;
  readonly versions: typeof VERSIONS;
  readonly states: readonly string[];
  /** The values of the label `depot`, a quarter of the machines each. */
  readonly depots: typeof DEPOTS;
  readonly count: number;
}

/** The id of the nth, from 0: in the order of the numbers, which is also that of `updated_at`, a minute apart. */
export function fleetIdOf(at: number): string {
  return `car-${String(at).padStart(6, "0")}`;
}

/**
 * For a fresh tenant `dev` of a server that runs on `stateDir`. Rows are written in one transaction, behind the server's back and
 * while it runs; nothing may be asked of it meanwhile (about a second), since it finds its database locked. What is counted by
 * triggers is counted.
 */
export async function seedIndex(url: string, stateDir: string, count = 10_000): Promise<SeededIndex> {
  const api = new Api(url);
  for (const version of VERSIONS) await api.call("/api/v1/configurations", { body: { ...FLEET, version } });
  await withCatalog(stateDir, (db) => {
    const machine = db.prepare(
      `INSERT INTO machines (tenant, configuration, id, version, state, revision, change, created_at, updated_at, labels)
       VALUES ('dev', 'fleet', ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const label = db.prepare(
      "INSERT INTO machine_labels (tenant, configuration, name, value, machine_id) VALUES ('dev', 'fleet', ?, ?, ?)",
    );
    for (let at = 0; at < count; at += 1) {
      const id = fleetIdOf(at);
      const labels = { depot: pick(DEPOTS, at), plate: `D-${at}` };
      const revision = at % 9;
      const time = FIRST_AT + at * APART_MS;
      // Not in step with the depots, so that each depot has machines in each state.
      const state = pick(FLEET.states, Math.floor(at / DEPOTS.length));
      machine.run(
        id,
        pick(VERSIONS, Math.floor(at / 3)),
        state,
        revision,
        revision + 1,
        FIRST_AT,
        time,
        JSON.stringify(labels),
      );
      for (const [name, value] of Object.entries(labels)) label.run(name, value, id);
    }
  });
  return { configuration: FLEET.name, versions: VERSIONS, states: FLEET.states, depots: DEPOTS, count };
}

function pick<T>(from: readonly T[], at: number): T {
  return from[at % from.length] as T;
}
