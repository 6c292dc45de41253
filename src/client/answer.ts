/** Answers that lack what they are for: whoever gave them is no Detent server, or one of another time. */
import { isMessage, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import {
  CreateMachineResponseSchema,
  GetEventResponseSchema,
  GetMachineResponseSchema,
  SendEventResponseSchema,
} from "../gen/detent/v1/machine_service_pb.ts";

/** What `answer` has to have and has not; undefined: nothing is missing. */
export function missingIn(answer: MessageShape<DescMessage>): string | undefined {
  if (isMessage(answer, SendEventResponseSchema) || isMessage(answer, GetEventResponseSchema)) {
    return answer.receipt === undefined ? "receipt" : undefined;
  }
  if (isMessage(answer, GetMachineResponseSchema) || isMessage(answer, CreateMachineResponseSchema)) {
    return answer.statemachine === undefined ? "statemachine" : undefined;
  }
  return undefined;
}
