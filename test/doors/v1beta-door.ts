import { createClient, type Transport } from "@connectrpc/connect";
import {
  StatemachineService,
  EventOutcome_StatusCode as StatusCode,
  type EventResponse,
} from "../../src/gen/statemachine/v1beta/statemachine_pb.ts";
import type { Answer, ConfigurationInput } from "./cases.ts";
import { configIdOf, type Door } from "./door.ts";
import { answerOf } from "./rpc-failure.ts";
import { v1Door } from "./v1-door.ts";

/** statemachine.v1beta; it has outcomes instead of errors. */
export function v1betaDoor(name: string, transport: Transport): Door {
  const client = createClient(StatemachineService, transport);
  const unsayable = (): never => {
    throw new Error("statemachine.v1beta has no word for it");
  };
  return {
    name,
    kind: "v1beta",
    listMachines: unsayable,
    countMachines: unsayable,
    migrateMachine: unsayable,
    deprecate: unsayable,
    listVersions: unsayable,
    createConfiguration: (input) => {
      // It has no words for rules; machines that live by them are reached all the same.
      if (hasRules(input)) return v1Door(name, transport).createConfiguration(input);
      const { states = [], transitions = [] } = input;
      const plain = { ...input, states: [...states], transitions: [...transitions] };
      return answerOf(client.putConfiguration(plain).then(({ id }) => ({ configId: id })));
    },
    createMachine: ({ configuration, version, id = "", state = "" }) =>
      answerOf(
        client
          .putFiniteStateMachine({ id, fsm: { configId: configIdOf(configuration, version), state } })
          .then((put) => ({
            id: put.id,
            ...(put.entityResponse.case === "fsm" && { state: put.entityResponse.value.state }),
          })),
      ),
    getMachine: ({ configuration, id }) =>
      answerOf(
        client.getFiniteStateMachine({ config: configuration, query: { case: "id", value: id } }).then((fsm) => ({
          state: fsm.state,
          configId: fsm.configId,
          history: fsm.history.map((event) => {
            const change = event.transition;
            return `${change?.from}>${change?.to}:${change?.event}`;
          }),
        })),
      ),
    sendEvent: ({ configuration, id, event, eventId = "", details = "", originator = "" }) =>
      answerOf(
        client
          .sendEvent({ config: configuration, id, event: { eventId, transition: { event }, details, originator } })
          .then(outcomeOf),
      ),
    getEvent: ({ configuration, eventId }) =>
      answerOf(client.getEventOutcome({ config: configuration, id: eventId }).then(outcomeOf)),
  };
}

function hasRules({ transitions = [], ...input }: ConfigurationInput): boolean {
  const words = transitions.flatMap((transition) => Object.keys(transition));
  return (
    words.some((word) => !["from", "to", "event"].includes(word)) ||
    input.unhandled !== undefined ||
    input.stateOptions !== undefined ||
    input.eventOptions !== undefined
  );
}

function outcomeOf({ eventId, outcome }: EventResponse): Answer {
  return { eventId, code: StatusCode[outcome?.code ?? StatusCode.GenericError] };
}
