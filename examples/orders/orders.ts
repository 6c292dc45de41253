// Generated from the configuration typed-orders:v1. Do not edit it; make it anew:
// detent codegen examples/orders/order.json -o examples/orders/orders.ts --import ../../src/client/index.ts
/* eslint-disable */
import { defineConfiguration, type Definition, type JsonObject, type Snapshot } from "../../src/client/index.ts";

/** Data of a machine in the state "open". */
export type OpenStateData = {
  readonly customer: string;
  /** What is to be paid. */
  readonly total: number;
};

/** Data of a machine in the state "shipped". */
export type ShippedStateData = {
  readonly customer: string;
  /** The carrier's number. */
  readonly tracking: string;
};

/** Data of a machine in the state "cancelled". */
export type CancelledStateData = { readonly reason?: "too late" | "too expensive" };

/** Data of the event "pay". */
export type PayEventData = { readonly amount: number };

/** Data of the event "ship". */
export type ShipEventData = { readonly tracking: string };

/** Data of the event "cancel". */
export type CancelEventData = { readonly reason?: "too late" | "too expensive" };

/** Names of the states. */
export type TypedOrdersStateName = "open" | "paid" | "shipped" | "cancelled";

/** Names of the events. */
export type TypedOrdersEventName = "pay" | "ship" | "cancel";

/** A state with the data of a machine in it. */
export type TypedOrdersState =
  | { readonly state: "open"; readonly data: OpenStateData }
  | { readonly state: "paid"; readonly data: JsonObject }
  | { readonly state: "shipped"; readonly data: ShippedStateData }
  | { readonly state: "cancelled"; readonly data: CancelledStateData };

/** An event with its data. */
export type TypedOrdersEvent =
  | { readonly event: "pay"; readonly data: PayEventData }
  | { readonly event: "ship"; readonly data: ShipEventData }
  | { readonly event: "cancel"; readonly data?: CancelEventData };

/** typed-orders:v1 in types: what a machine in a state has, and what an event brings. */
export interface TypedOrdersTypes {
  readonly name: "typed-orders";
  readonly version: "v1";
  readonly states: {
    readonly open: OpenStateData;
    readonly paid: JsonObject;
    readonly shipped: ShippedStateData;
    readonly cancelled: CancelledStateData;
  };
  readonly events: { readonly pay: PayEventData; readonly ship: ShipEventData; readonly cancel: CancelEventData };
  readonly startingState: "open";
  readonly initialStates: "open";
  readonly leadsTo: { readonly pay: "paid"; readonly ship: "shipped"; readonly cancel: "cancelled" };
  readonly needsData: { readonly states: "open" | "shipped"; readonly events: "pay" | "ship" };
}

/** A machine as it was read: its `state` tells what its `data` is, undefined that it runs another version. */
export type TypedOrdersMachine = Snapshot<TypedOrdersTypes>;

/** typed-orders:v1: the way to its machines. */
export const typedOrders: Definition<TypedOrdersTypes> = defineConfiguration<TypedOrdersTypes>({
  name: "typed-orders",
  version: "v1",
  startingState: "open",
  states: ["open", "paid", "shipped", "cancelled"],
  events: ["pay", "ship", "cancel"],
  initialStates: ["open"],
  finalStates: ["shipped", "cancelled"],
});
