/** Use cases of StateService's protocol: a chart becomes a configuration and a machine; a state is counted up. */
import { DetentError, invalid } from "../errors.ts";
import { clip } from "../engine/names.ts";
import type { Chart } from "../stateservice/chart.ts";
import { convertChart, INCREMENT } from "../stateservice/conversion.ts";
import { isTimeZone } from "../stateservice/wall-time.ts";
import { createConfiguration } from "./configurations.ts";
import { acceptedOrThrow, sendEvent } from "./events.ts";
import type { Principal } from "../auth/principal.ts";
import { requireScope } from "../auth/scope.ts";
import type { House } from "./house.ts";
import { addressOf, createMachine, type MachineAnswer } from "./machines.ts";

export interface ImportChartInput {
  readonly configuration: string;
  readonly id: string;
  readonly chart: Chart;
  /** Absent or empty: `v1`. */
  readonly version?: string | undefined;
  /** Of the times in the chart: an IANA name or an offset. Absent or empty: UTC. */
  readonly timeZone?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly traceparent?: string | undefined;
}

/**
 * Makes the chart's configuration, unless it is there already, and a machine that stands where the chart does. What ended
 * between the two is completed by the same import. CONFIGURATION_EXISTS: there is another under this name and version.
 */
export async function importChart(house: House, principal: Principal, input: ImportChartInput): Promise<MachineAnswer> {
  requireScope(principal, "configurations:write");
  const { configuration: name, id, chart, idempotencyKey, traceparent } = input;
  const version = input.version || "v1";
  const timeZone = input.timeZone || "UTC";
  if (!isTimeZone(timeZone)) {
    const message = "timezone must be a name of the IANA database, like Europe/Paris, or an offset, like +02:00";
    throw invalid([{ pointer: "/timezone", rule: "time_zone", message, value: clip(timeZone) }]);
  }
  // Before anything is stored: a configuration whose machine cannot be made would be left behind.
  addressOf(principal, name, id);
  const { source, state, data } = convertChart(chart, { name, version, timeZone });
  await createUnlessEqual(house, principal, source);
  const machine = { configId: `${name}:${version}`, id, state, data, idempotencyKey, traceparent };
  return await createMachine(house, principal, machine);
}

async function createUnlessEqual(...[house, principal, source]: Parameters<typeof createConfiguration>): Promise<void> {
  try {
    await createConfiguration(house, principal, source);
  } catch (error) {
    if (!(error instanceof DetentError) || error.reason !== "CONFIGURATION_EXISTS") throw error;
    const { metadata, message } = error;
    if (metadata["identical"] === "true") return;
    throw new DetentError(error.reason, `${message}; it is of another chart: give this one another ?version=`, {
      metadata,
    });
  }
}

export interface CountUpInput {
  readonly configuration: string;
  readonly id: string;
  /** Where the machine must be. */
  readonly state: string;
  /** Makes it safe to send again; without one every call counts. */
  readonly eventId?: string | undefined;
  readonly traceparent?: string | undefined;
}

/**
 * Sends the machine one event `increment`, on condition that it is in `state`; answers whether it was taken there. Throws
 * what a missing machine is, and whatever else kept it from being decided.
 */
export async function countUp(house: House, principal: Principal, input: CountUpInput): Promise<boolean> {
  const { state, ...rest } = input;
  try {
    const receipt = await sendEvent(house, principal, { ...rest, event: INCREMENT, expectedState: state });
    if (receipt.result === "refused") return false;
    // A repeat under the same id is answered as it was then.
    return acceptedOrThrow(receipt).result === "transitioned" && receipt.from === state;
  } catch (error) {
    if (error instanceof DetentError && error.reason === "STATE_MISMATCH") return false;
    throw error;
  }
}
