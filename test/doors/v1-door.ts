import type { JsonObject } from "@bufbuild/protobuf";
import { createClient, type Transport } from "@connectrpc/connect";
import { ConfigurationService } from "../../src/gen/detent/v1/configuration_service_pb.ts";
import type { HistoryEntry, Machine } from "../../src/gen/detent/v1/machine_pb.ts";
import { MachineService } from "../../src/gen/detent/v1/machine_service_pb.ts";
import type { Answer } from "./cases.ts";
import { configIdOf, type Door } from "./door.ts";
import { answerOf, receiptAnswer } from "./rpc-failure.ts";

/** detent.v1 */
export function v1Door(name: string, transport: Transport): Door {
  const configurations = createClient(ConfigurationService, transport);
  const machines = createClient(MachineService, transport);
  return {
    name,
    kind: "v1",
    createConfiguration: ({ states = [], transitions = [], ...input }) =>
      answerOf(
        configurations
          .createConfiguration({
            configuration: {
              ...(input as object),
              states: [...states],
              transitions: transitions.map(({ assign, ...edge }) => ({
                ...edge,
                ...(assign && { assign: { ...assign } }),
              })),
            },
          })
          .then(({ configuration }) => ({ configId: `${configuration?.name}:${configuration?.version}` })),
      ),
    createMachine: ({ configuration, version, data, ...input }) =>
      answerOf(
        machines
          .createMachine({
            ...input,
            configId: configIdOf(configuration, version),
            ...(data && { data: data as JsonObject }),
          })
          .then(machineAnswer),
      ),
    getMachine: (address) => answerOf(machines.getMachine(address).then(machineAnswer)),
    listMachines: (input) =>
      answerOf(machines.listMachines(input).then(({ statemachines }) => ({ ids: statemachines.map(({ id }) => id) }))),
    countMachines: ({ groupBy = [], ...input }) =>
      answerOf(
        machines.countMachines({ ...input, groupBy: [...groupBy] }).then(({ counts, total }) => ({
          counts: counts.map(({ state, version, count }) => `${state} ${version} ${count}`),
          total,
        })),
      ),
    migrateMachine: ({ isDryRun = false, stateMap = {}, ...input }) =>
      answerOf(
        machines
          .migrateMachine({ ...input, stateMap: { ...stateMap }, dryRun: isDryRun })
          .then(({ dryRun, ...machine }) => ({ ...machineAnswer(machine), isDryRun: dryRun })),
      ),
    deprecate: (configId) => answerOf(configurations.deprecateConfiguration({ configId }).then(() => ({}))),
    listVersions: (configuration) =>
      answerOf(
        configurations.listConfigurations({ configuration }).then(({ configurations: [found] }) => ({
          versions: found?.versions ?? [],
          deprecated: found?.deprecated ?? [],
        })),
      ),
    sendEvent: ({ data, ...input }) =>
      answerOf(
        machines
          .sendEvent({ ...input, ...(data && { data: data as JsonObject }) })
          .then(({ receipt }) => receiptAnswer(receipt)),
      ),
    getEvent: (address) => answerOf(machines.getEvent(address).then(({ receipt }) => receiptAnswer(receipt))),
  };
}

function machineAnswer({ id, statemachine }: { id: string; statemachine?: Machine | undefined }): Answer {
  if (statemachine === undefined) throw new Error("no statemachine in the answer");
  const { configId, state, data, revision, final, history } = statemachine;
  const timers = statemachine.timers.map(({ event, to }) => `${event}>${to}`);
  return { id, configId, state, data, revision, final, timers, history: history.map(changeOf) };
}

function changeOf({ transition }: HistoryEntry): string {
  return `${transition?.from}>${transition?.to}:${transition?.event}`;
}
