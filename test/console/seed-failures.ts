/** Events that found no machine, and messages that the events queue gave up on. */
import type { Api } from "./api.ts";
import { putDeadLetters, type Letter } from "./dead-letters.ts";
import { ARABIC, IMAGE, OVERRIDE, SCRIPT } from "./hostile.ts";

/** Each is sent one event, which fails. */
const LOST = [
  ["orders", "nobody-1", "cancel"],
  ["orders", "nobody-2", "ship"],
  ["devices", "nobody-3", "fail"],
  ["hostile", `nobody ${IMAGE}`, IMAGE],
  ["hostile", `nobody ${OVERRIDE}`, ARABIC],
  ["missing", "order-1", "cancel"],
] as const;

const AT = Date.UTC(2026, 0, 2, 3, 4, 5);

function makeLetter(
  id: string,
  configuration: string,
  machineId: string,
  event: string,
): Letter & { readonly id: string } {
  const eventId = `late ${id}`;
  const body = { config: configuration, id: machineId, event: { event_id: eventId, transition: { event } } };
  return { id, configuration, machineId, eventId, contentType: "json", body: JSON.stringify(body) };
}

const LETTERS: readonly (Letter & { readonly id: string })[] = [
  makeLetter("letter-1", "orders", "order-1", "cancel"),
  makeLetter("letter-2", "orders", "order-2", "cancel"),
  makeLetter("letter-3", "devices", "device-1", "fail"),
  makeLetter("letter-4", "orders", "order-3", "cancel"),
  {
    ...makeLetter("letter-no-json", "", "", ""),
    eventId: "",
    contentType: "text",
    body: "CgZvcmRlcnM{ this is no JSON",
  },
  { ...makeLetter(`letter-${SCRIPT}`, "hostile", IMAGE, ARABIC), eventId: OVERRIDE },
];

/** The ids under which the API knows them, oldest first. */
export const LETTER_IDS = LETTERS.map(({ id }, at) => `${AT + at}-${id}`);
export const LOST_EVENT_COUNT = LOST.length;

export async function seedFailures(api: Api): Promise<void> {
  const events = LOST.map(([configuration, id, event], at) => ({
    configuration,
    id,
    event_id: `lost-${at}`,
    event,
  }));
  await api.call("/api/v1/statemachines:send-events", { body: { events } });
}

/** A queue on one machine gives up after minutes only, so the letters are written where it would put them. */
export async function seedDeadLetters(stateDir: string): Promise<void> {
  await putDeadLetters(stateDir, LETTERS, AT);
}
