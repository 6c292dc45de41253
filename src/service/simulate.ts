/** Use case: what events would do to a new machine of a configuration, one after the other. Stores nothing. */
import { compileConfiguration } from "../engine/compile-configuration.ts";
import type { ConfigurationSource } from "../engine/configuration.ts";
import { TURN_BUDGET } from "../engine/limits.ts";
import { type DetentError, invalid } from "../errors.ts";
import { begin } from "../machine/beginning.ts";
import { replyOf } from "../machine/decide.ts";
import { ImaginedLedger } from "../machine/ledger.ts";
import { Turn } from "../machine/turn.ts";
import type { Receipt } from "../receipt.ts";
import { findStored, toViolation } from "./configurations.ts";
import { refuseCrowd } from "./enqueued-events.ts";
import { checkEventItself, type EventInput } from "./event-rules.ts";
import type { Principal } from "../auth/principal.ts";
import type { House } from "./house.ts";
import { checkNewMachine, type NewMachineInput } from "./new-machine.ts";
import { Rules, valueOf } from "./rules.ts";

export interface SimulateInput extends Omit<NewMachineInput, "labels"> {
  /** In full; absent: the stored one that `configId` names. */
  readonly configuration?: ConfigurationSource | undefined;
  readonly configId?: string | undefined;
  /** At most 100. */
  readonly events: readonly EventInput[];
}

/** Work of all its turns together: ten calls' worth. */
const MOST_UNITS = 10 * TURN_BUDGET;

/** What stands in the receipts as the machine's id. */
const MACHINE_ID = "simulation";

/**
 * The receipts that a new machine would answer the events with: the machine's own decisions, on a machine in memory.
 * Throws INVALID_ARGUMENT for a configuration that could not be stored, and for events that break a rule; LIMIT_EXCEEDED
 * for events that together take more work than a simulation may.
 */
export async function simulateConfiguration(
  house: House,
  principal: Principal,
  input: SimulateInput,
): Promise<readonly Receipt[]> {
  refuseCrowd(input.events.length);
  const rules = new Rules();
  const machine = checkNewMachine(rules, "", input);
  const calls = input.events.map((event, index) => ({
    ...checkEventItself(rules, `/events/${index}`, house, event),
    actor: principal.actor,
  }));
  rules.enforce();
  const { name, ...source } = await findSource(house, principal, input);
  const address = { tenant: principal.tenant, configuration: name, id: MACHINE_ID };
  const present = valueOf(begin(address, { ...source, ...machine }, house.now()));
  const ledger = new ImaginedLedger(present);
  const now = house.now();
  let spent = 0;
  return calls.map((call, index) => {
    for (;;) {
      if (spent > MOST_UNITS) throw tooMuchWork(index);
      const turn = new Turn(now);
      const reply = replyOf(present, turn.takeEvent(ledger, call));
      spent += turn.spent;
      if (reply.ok || !reply.isUnfinished) return valueOf(reply);
    }
  });
}

function tooMuchWork(index: number): DetentError {
  const message = `events/${index}: a simulation may take ${MOST_UNITS} units of work, what comes before this event took more`;
  return invalid([{ pointer: `/events/${index}`, rule: "limit_exceeded", message, value: String(index) }]);
}

async function findSource(house: House, principal: Principal, { configuration, configId = "" }: SimulateInput) {
  if ((configuration === undefined) === (configId === "")) {
    const message = "configuration (in full) or config_id (of a stored one) is required, one of them";
    throw invalid([{ pointer: "/configuration", rule: "required", message }]);
  }
  if (configuration === undefined) {
    const { name, version, source } = await findStored(house, principal, configId);
    return { name, version, source };
  }
  const compiled = compileConfiguration(configuration);
  if (!compiled.ok) throw invalid(compiled.errors.map((finding) => toViolation(finding, "/configuration")));
  const { name, version } = compiled.configuration;
  return { name, version, source: JSON.stringify({ ...configuration, name, version }) };
}
