/** detent.v1.DeadLetterService: each method translates one message to one use case. */
import { create, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { timestampFromMs, ValueSchema } from "@bufbuild/protobuf/wkt";
import { DeadLetterSchema, DeadLetterService } from "../gen/detent/v1/dead_letter_service_pb.ts";
import * as deadLetters from "../service/dead-letters.ts";
import { callOf } from "./call.ts";
import type { Register } from "./register.ts";

export function registerDeadLetters(register: Register): void {
  const { method } = DeadLetterService;
  register(method.listDeadLetters, "ops", async (request, context) => {
    const { house, principal } = callOf(context);
    const found = await deadLetters.listDeadLetters(house, principal, request);
    return { deadLetters: found.deadLetters.map(toDeadLetter), nextPageToken: found.nextPageToken };
  });
  register(method.redriveDeadLetters, "ops", ({ ids }, context) => {
    const { house, principal } = callOf(context);
    return deadLetters.redriveDeadLetters(house, principal, ids);
  });
}

function toDeadLetter({ receivedAt, body, ...letter }: deadLetters.DeadLetterView) {
  return create(DeadLetterSchema, {
    ...letter,
    receivedAt: timestampFromMs(receivedAt),
    body: fromJson(ValueSchema, body as JsonValue),
  });
}
