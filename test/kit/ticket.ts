/** A ticket, in which events are ignored, wait, and come by themselves. */
export const TICKET = {
  name: "ticket",
  starting_state: "new",
  states: ["new", "assigned", "parked", "resolved"],
  transitions: [
    { from: "new", to: "assigned", event: "assign" },
    { from: "assigned", to: "parked", event: "park" },
    { from: "parked", to: "assigned", event: "wake", after: "PT1S", assign: { woken: "true" } },
    { from: "assigned", to: "resolved", event: "resolve" },
  ],
  state_options: { new: { unhandled: "defer" }, parked: { unhandled: "ignore" } },
};

/** The same, for what must not be overtaken by its timer where the clock is real and the machine it runs on is busy. */
export const SLOW_TICKET = {
  ...TICKET,
  name: "slow-ticket",
  transitions: TICKET.transitions.map((transition) =>
    transition.event === "wake" ? { ...transition, after: "PT1H" } : transition,
  ),
};
