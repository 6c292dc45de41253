/** The events of detent.v1.MachineService: each method translates one message to one use case. */
import { create } from "@bufbuild/protobuf";
import { toKnownError } from "../errors.ts";
import {
  EventErrorSchema,
  MachineService,
  SendEventResultSchema,
  type SendEventRequest,
} from "../gen/detent/v1/machine_service_pb.ts";
import { enqueueEvents, refuseCrowd } from "../service/enqueued-events.ts";
import type { SendEventInput } from "../service/event-input.ts";
import { getEvent } from "../service/event-lookup.ts";
import * as events from "../service/events.ts";
import { callOf, type Call } from "./call.ts";
import type { Register } from "./register.ts";
import { toViolationMessage } from "./connect-error.ts";
import { timeOf, toReceipt } from "./convert.ts";

export function registerEvents(register: Register): void {
  const { method } = MachineService;
  register(method.sendEvent, "events:send", async (request, context) => {
    const call = callOf(context);
    const receipt = await events.sendEvent(call.house, call.principal, toInput(call, request));
    return { receipt: toReceipt(events.acceptedOrThrow(receipt)), dryRun: request.dryRun };
  });
  register(method.sendEvents, "events:send", async (request, context) => {
    const call = callOf(context);
    refuseCrowd(request.events.length);
    const inputs = request.events.map((event) => toInput(call, event));
    const sent = await events.sendEvents(call.house, call.principal, inputs);
    return { results: sent.map((result) => toResult(call, result)) };
  });
  register(method.enqueueEvents, "events:send", async (request, context) => {
    const call = callOf(context);
    const inputs = request.events.map((event) => toInput(call, event));
    return { events: [...(await enqueueEvents(call.house, call.principal, inputs))] };
  });
  register(method.getEvent, "machines:read", async (request, context) => {
    const { house, principal } = callOf(context);
    return { receipt: toReceipt(await getEvent(house, principal, request)) };
  });
}

function toInput({ traceparent }: Call, request: SendEventRequest): SendEventInput {
  return {
    configuration: request.configuration,
    id: request.id,
    event: request.event,
    eventId: request.eventId,
    data: request.data,
    details: request.details,
    originator: request.originator,
    timestamp: timeOf(request.timestamp),
    expectedState: request.expectedState,
    expectedRevision: request.expectedRevision,
    createIfMissing: request.createIfMissing,
    isDryRun: request.dryRun,
    traceparent,
  };
}

/** What a call of its own would have answered. */
function toResult(call: Call, sent: events.Sent) {
  try {
    if ("error" in sent) throw sent.error;
    return create(SendEventResultSchema, { receipt: toReceipt(events.acceptedOrThrow(sent.receipt)) });
  } catch (error) {
    call.house.log.fail(error);
    const { reason, message, metadata, violations, receipt } = toKnownError(error, call.requestId);
    const told = create(EventErrorSchema, {
      reason,
      message,
      metadata: { ...metadata },
      fieldViolations: violations.map(toViolationMessage),
      ...(receipt !== undefined && { receipt: toReceipt(receipt) }),
    });
    return create(SendEventResultSchema, { error: told });
  }
}
