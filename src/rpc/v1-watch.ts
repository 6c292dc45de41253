/** The watch of detent.v1.MachineService: translates one message to one use case, and what comes to messages. */
import { create } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import {
  MachineService,
  WatchMachineResponseSchema,
  type WatchMachineRequest,
} from "../gen/detent/v1/machine_service_pb.ts";
import { watchMachine } from "../service/watch.ts";
import { callOf } from "./call.ts";
import type { Register } from "./register.ts";
import { toHistoryEntry } from "./convert.ts";

export function registerWatch(register: Register): void {
  register(MachineService.method.watchMachine, "machines:read", watch);
}

async function* watch(request: WatchMachineRequest, context: HandlerContext) {
  const { house, principal } = callOf(context);
  const { signal } = context;
  for await (const { revision, change } of await watchMachine(house, principal, { ...request, signal })) {
    yield create(WatchMachineResponseSchema, {
      revision,
      ...(change !== undefined && { change: toHistoryEntry(change) }),
    });
  }
}
