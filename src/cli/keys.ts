/** Keys as commands show them. */
import type { Output } from "./output.ts";
import { toPrintable } from "./table.ts";

export interface Key {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly configurations: readonly string[];
  readonly created_at: string;
  readonly expires_at?: string;
  readonly last_used_at?: string;
  readonly revoked_at?: string;
  readonly old_secret_until?: string;
}

/** A key with its secret: in this answer and nowhere else. */
export interface ShownKey {
  readonly key: Key;
  readonly secret: string;
}

/** Prints the secret, alone, so that it can go where it belongs; what it is goes to stderr. */
export function printSecret(output: Output, answer: ShownKey): void {
  const { id, name, scopes, old_secret_until: until } = answer.key;
  output.data(answer, () => answer.secret);
  output.say(toPrintable(`key ${id} (${name}): ${scopes.join(", ")}`));
  if (until !== undefined) output.say(`the secret before works until ${until}`);
  output.say("this is the only time that the secret is shown");
}

/** When a key ends or has ended; empty where it does not. */
export function endOf({ revoked_at: revokedAt, expires_at: expiresAt }: Key): string {
  if (revokedAt !== undefined) return `revoked ${revokedAt}`;
  return expiresAt === undefined ? "" : `expires ${expiresAt}`;
}
