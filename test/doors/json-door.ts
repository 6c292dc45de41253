import type { Answer, MachineCountInput, MachineListInput } from "./cases.ts";
import { configIdOf, type Door } from "./door.ts";
import { machinePath, type Json, type SendJson } from "./json.ts";

/** The JSON routes. */
export function jsonDoor(name: string, sendJson: SendJson): Door {
  const call = async (
    path: string,
    body: unknown,
    read: (body: Json) => Answer,
    headers?: Record<string, string>,
  ): Promise<Answer> => {
    const answered = await sendJson(path, body, headers);
    if (answered.status < 400) return read(answered.body);
    const { reason, status, errors, receipt } = answered.body;
    if (status !== answered.status) throw new Error(`the problem says ${status}, the answer ${answered.status}`);
    return {
      ...(receipt && receiptJson(receipt)),
      reason,
      failure: status,
      ...(errors.length > 0 && { pointers: errors.map(({ pointer }: Json) => pointer) }),
    };
  };
  return {
    name,
    kind: "json",
    createConfiguration: ({ startingState, stateOptions, eventOptions, ...input }) =>
      call(
        "/api/v1/configurations",
        { ...input, starting_state: startingState, state_options: stateOptions, event_options: eventOptions },
        (body) => ({ configId: `${body.name}:${body.version}` }),
      ),
    createMachine: ({ configuration, version, ...input }) =>
      call("/api/v1/statemachines", { ...input, config_id: configIdOf(configuration, version) }, machineJson),
    getMachine: ({ configuration, id }) => call(machinePath(configuration, id), undefined, machineJson),
    listMachines: (input) =>
      call(`/api/v1/statemachines?${queryOf(input).toString()}`, undefined, ({ statemachines }) => ({
        ids: statemachines.map(({ id }: Json) => id),
      })),
    countMachines: (input) =>
      call(`/api/v1/statemachines:count?${queryOf(input).toString()}`, undefined, ({ counts, total }) => ({
        counts: counts.map(({ state = "", version = "", count }: Json) => `${state} ${version} ${count}`),
        total,
      })),
    migrateMachine: ({ configuration, id, to, stateMap, expectedRevision, isDryRun = false }) =>
      call(
        `${machinePath(configuration, id)}/migrate${isDryRun ? "?dry_run=true" : ""}`,
        { to, state_map: stateMap },
        ({ dry_run = false, ...body }) => ({ ...machineJson(body), isDryRun: dry_run }),
        expectedRevision === undefined ? {} : { "if-match": `"${expectedRevision}"` },
      ),
    deprecate: (configId) => call(`/api/v1/configurations/${configId}/deprecate`, {}, () => ({})),
    listVersions: (configuration) =>
      call(`/api/v1/configurations?configuration=${configuration}`, undefined, ({ configurations: [found] }) => ({
        versions: found.versions,
        deprecated: found.deprecated,
      })),
    sendEvent: ({ configuration, id, eventId, expectedState, expectedRevision, ...input }) =>
      call(
        `${machinePath(configuration, id)}/events`,
        { ...input, event_id: eventId, expected_state: expectedState, expected_revision: expectedRevision },
        receiptJson,
      ),
    getEvent: ({ configuration, id, eventId }) =>
      call(`${machinePath(configuration, id)}/events/${encodeURIComponent(eventId)}`, undefined, receiptJson),
  };
}

function queryOf({ labels = {}, groupBy, ...filter }: MachineListInput & MachineCountInput): URLSearchParams {
  const query = new URLSearchParams(filter);
  for (const [name, value] of Object.entries(labels)) query.set(`label.${name}`, value);
  if (groupBy !== undefined) query.set("group_by", groupBy.join(","));
  return query;
}

function machineJson({ id, statemachine }: Json): Answer {
  const { config_id: configId, state, data, revision, final, history } = statemachine;
  return {
    id,
    configId,
    state,
    data,
    revision,
    final,
    timers: statemachine.timers.map(({ event, to }: Json) => `${event}>${to}`),
    history: history.map(({ transition: { from, to, event } }: Json) => `${from}>${to}:${event}`),
  };
}

function receiptJson(body: Json): Answer {
  const { event_id: eventId, code, result, reason, from, to, revision, duplicate, data } = body;
  return { eventId, code, result, reason, from, to, revision, duplicate, data, allowedEvents: body.allowed_events };
}
