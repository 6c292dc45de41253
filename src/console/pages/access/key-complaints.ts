/** What is wrong with a key that is to be made, before the service has to say so. Knows no DOM. */
import type { Scope } from "../../session/scope.ts";
import { WHOLE_SCOPES } from "./scopes.ts";

/** As of CreateKey. */
const MOST_NAME_POINTS = 128;
const MOST_CONFIGURATIONS = 100;

export interface KeyDraft {
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  readonly configurations: readonly string[];
  /** As `<input type="datetime-local">` has it, in the reader's zone; "": never. */
  readonly expiry: string;
}

/** Field -> what is wrong with it; nothing where nothing is. */
export type KeyComplaints = Readonly<Partial<Record<keyof KeyDraft, string>>>;

export function checkKey({ name, scopes, configurations, expiry }: KeyDraft, now: number): KeyComplaints {
  const whole = WHOLE_SCOPES.filter((scope) => scopes.has(scope));
  return {
    ...(name.trim() === "" && { name: "A key needs a name." }),
    ...(Array.from(name.trim()).length > MOST_NAME_POINTS && {
      name: `A name has ${MOST_NAME_POINTS} characters at most.`,
    }),
    ...(scopes.size === 0 && { scopes: "Choose one scope at least." }),
    ...(configurations.length > 0 &&
      whole.length > 0 && {
        configurations: `The scope ${whole.join(" and ")} is about the whole tenant, and cannot be narrowed to configurations.`,
      }),
    ...(configurations.length > MOST_CONFIGURATIONS && {
      configurations: `A key is narrowed to ${MOST_CONFIGURATIONS} configurations at most.`,
    }),
    ...(expiry !== "" && !(new Date(expiry).getTime() > now) && { expiry: "Choose a time to come." }),
  };
}
