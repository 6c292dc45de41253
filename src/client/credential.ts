/** Who calls: the header that says it, and whether there is another one to try. */

/** A key or a token, or what gives one: asked before each attempt, so that a token may be renewed. */
export type Credential = string | (() => string | Promise<string>);

/** The value of the header `authorization`; undefined: the call goes without one. */
export async function authorizationOf(credential: Credential | undefined): Promise<string | undefined> {
  const text = typeof credential === "function" ? await credential() : credential;
  return text === undefined || text === "" ? undefined : `Bearer ${text}`;
}
