/** What is known of one order from what Detent tells. Pure: no I/O, so that every order of arrival can be tried. */
import type { Telling } from "./messages.ts";

/** A place in what is told of a machine: its life (an id may be used again after a deletion), and the number in that. */
interface Place {
  readonly life: number;
  readonly sequence: number;
}

export interface Standing extends Place {
  readonly state: string;
  readonly amount?: number;
  readonly payment?: string;
  readonly why?: string;
}

/** A refusal that nobody was asked for. */
export interface Problem extends Place {
  readonly event: string;
  readonly reason: string;
  readonly message: string;
}

/**
 * Where the order stands after a change; undefined: it is known, or something later is. Queues repeat and reorder, so the
 * newest counts, whenever it comes.
 */
export function standAfter(known: Standing | undefined, told: Telling): Standing | undefined {
  const place = placeOf(told);
  const { state, to = state, data } = told.data;
  if (place === undefined || to === undefined || !isLater(place, known)) return undefined;
  // What is carried along is of the same life. A new charge is for what was told with it, never for what an earlier one was.
  const before = known?.life === place.life && to !== "charging" ? known : undefined;
  const amount = data?.amount ?? before?.amount;
  return {
    ...place,
    state: told.type === "detent.machine.deleted.v1" ? "deleted" : to,
    ...(amount !== undefined && { amount }),
    ...(data?.payment !== undefined && { payment: data.payment }),
    ...(data?.why !== undefined && { why: data.why }),
  };
}

/** The problem that a notification tells; undefined: it is known, or something later is. */
export function problemIn(known: Problem | undefined, told: Telling): Problem | undefined {
  // An event that found no machine has no place; it is told all the same.
  const place = placeOf(told) ?? { life: known?.life ?? 0, sequence: (known?.sequence ?? 0) + 1 };
  if (!isLater(place, known)) return undefined;
  const { event = "", reason = told.type, message = "" } = told.data;
  return { ...place, event, reason, message };
}

function placeOf({ id, sequence }: Telling): Place | undefined {
  const life = Number(id.split("/").at(-3));
  return sequence === undefined || !Number.isSafeInteger(life) ? undefined : { life, sequence };
}

function isLater(place: Place, known: Place | undefined): boolean {
  if (known === undefined) return true;
  return place.life === known.life ? place.sequence > known.sequence : place.life > known.life;
}
