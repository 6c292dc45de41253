/** detent.v1.FeedService: each method translates one message to one use case. */
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { FeedService, TransitionEntrySchema } from "../gen/detent/v1/feed_service_pb.ts";
import * as feeds from "../service/feeds.ts";
import { callOf } from "./call.ts";
import type { Register } from "./register.ts";
import { toReceipt } from "./convert.ts";

export function registerFeeds(register: Register): void {
  const { method } = FeedService;
  register(method.listTransitions, "machines:read", async (request, context) => {
    const { house, principal } = callOf(context);
    const { signal } = context;
    const { transitions, nextCursor } = await feeds.listTransitions(house, principal, { ...request, signal });
    return { transitions: transitions.map(toTransitionEntry), nextCursor };
  });
  register(method.listFailures, "machines:read", async (request, context) => {
    const { house, principal } = callOf(context);
    const { signal } = context;
    const { failures, nextCursor } = await feeds.listFailures(house, principal, { ...request, signal });
    return { failures: failures.map((failure) => toReceipt({ ...failure, data: "{}", details: "" })), nextCursor };
  });
}

function toTransitionEntry({ at, ...item }: feeds.TransitionItem) {
  return create(TransitionEntrySchema, { ...item, at: timestampFromMs(at) });
}
