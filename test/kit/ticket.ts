/** A ticket, in which events are ignored, wait, and come by themselves. */
export const TICKET = {
  name: "ticket",
  starting_state: "new",
  states: ["new", "assigned", "parked", "resolved"],
  transitions: [
    { from: "new", to: "assigned", event: "assign" },
    { from: "assigned", to: "parked", event: "park" },
    { from: "parked", to: "assigned", event: "wake", after: "PT1H", assign: { woken: "true" } },
    { from: "assigned", to: "resolved", event: "resolve" },
  ],
  state_options: { new: { unhandled: "defer" }, parked: { unhandled: "ignore" } },
};

/** One that is woken so soon that a test can wait for it, and late enough for a slow machine to look at it before. */
export const NAP = {
  ...TICKET,
  name: "nap",
  transitions: TICKET.transitions.map((transition) =>
    transition.event === "wake" ? { ...transition, after: "PT3S" } : transition,
  ),
};
