/** What goes over the queues between this Worker and Detent. */

/** The configuration of the machines that are orders. */
const CONFIGURATION = "shop-orders";

/** A message of the queue `events`, for a deployment whose queue is one tenant's; where it is `*`, `tenant` has to be added. */
export interface EventMessage {
  readonly config: string;
  /** The machine. */
  readonly id: string;
  readonly event: {
    /** Belongs to the machine. The same again is the same event, however often it is sent. */
    readonly event_id: string;
    readonly transition: { readonly event: string };
    readonly originator: string;
    readonly data: object;
  };
}

/** An event for an order. `eventId` has to be made of what caused it, so that who does it again sends the same event. */
export function eventFor(order: string, event: string, eventId: string, data: object): EventMessage {
  const about = { event_id: eventId, transition: { event }, originator: "order-worker", data };
  return { config: CONFIGURATION, id: order, event: about };
}

/** A CloudEvent of the queues `transitions` and `notifications`, as far as it is read here. */
export interface Telling {
  /** `{subject}/{life}/{stream}/{sequence}` where it is a machine's. */
  readonly id: string;
  readonly type: string;
  /** The machine, `{configuration}/{id}` percent-encoded; absent when a message was unreadable. */
  readonly subject?: string;
  /** Without gaps in each life of a machine and each queue; absent where there is no machine. */
  readonly sequence?: number;
  readonly data: {
    readonly event?: string;
    readonly event_id?: string;
    /** Of a machine's creation and end. */
    readonly state?: string;
    /** Of a change: the state after it. */
    readonly to?: string;
    /** What the event brought; absent where it was more than 32 KiB, or where no event has made the change. */
    readonly data?: { readonly amount?: number; readonly payment?: string; readonly why?: string };
    readonly reason?: string;
    readonly message?: string;
  };
}

/** It tells what has become of a machine; anything else is of an event that came to nothing. */
export function isChange({ type }: Telling): boolean {
  return /^detent\.machine\.(?:created|changed|deleted)\.v1$/.test(type);
}

/** The order that it is about; undefined: none. */
export function orderOf({ subject = "" }: Telling): string | undefined {
  const [configuration, id] = subject.split("/").map(decodeURIComponent);
  return configuration === CONFIGURATION ? id : undefined;
}
