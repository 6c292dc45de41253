/**
 * What is looked at before a key leaves this machine: that it is one, and that nobody reads it on its way. Pure, and for
 * whatever asks a service (the command line, the test kit). The problems told never have the key in them.
 */

/** What RFC 6750 lets stand behind `Bearer`, and more: whatever is visible in ASCII. */
const KEY = /^[\x21-\x7e]+$/;

/** What is wrong with a key, without its text; undefined: nothing. What a header cannot take is told here, since `fetch` would tell it with its value. */
export function checkKey(key: string): string | undefined {
  if (KEY.test(key)) return undefined;
  if (key === "") return "the key is empty";
  const strange = /[^\x21-\x7e]/.exec(key)?.index ?? 0;
  return `the key has a character at place ${strange + 1} of ${key.length} that no key has: a space, the end of a line, or a letter beyond ASCII`;
}

/** Why a key may not go to an address, which is over TLS or stays within this machine; undefined: it may. */
export function checkWay(url: string): string | undefined {
  const parsed = URL.parse(url);
  if (parsed === null) return "a key is not sent to what is no address";
  const { protocol, hostname, host } = parsed;
  if (protocol === "https:" || (protocol === "http:" && isLoopback(hostname))) return undefined;
  return `a key is not sent to ${protocol}//${host}: it is not https`;
}

/** Names that no resolver takes elsewhere: RFC 6761 has `localhost`, and the URL parser has written addresses out. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
