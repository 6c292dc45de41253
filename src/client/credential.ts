/** Who calls: the header that says it, and whether there is another one to try. */

/** A key or a token, or what gives one: asked before each attempt, so that a token may be renewed. */
export type Credential = string | (() => string | Promise<string>);

/**
 * The value of the header `authorization`; undefined: the call goes without one. Throws what the function throws, and an Error
 * where the text cannot stand in a header; what it is, is not told.
 */
export async function authorizationOf(credential: Credential | undefined): Promise<string | undefined> {
  const text = typeof credential === "function" ? await credential() : credential;
  if (text === undefined || text === "") return undefined;
  if (!/^[\x21-\x7e]+$/.test(text))
    throw new Error("it must be printable ASCII without blanks, but has other characters");
  return `Bearer ${text}`;
}
