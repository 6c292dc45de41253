/** What has happened on one page and is to be told on the next, once: an address must not tell it again. */

let waiting: { readonly href: string; readonly text: string } | undefined;

/** To be told at `href`. */
export function leaveNews(href: string, text: string): void {
  waiting = { href, text };
}

/** What is to be told at `href`; it is told then, and not again. */
export function takeNews(href: string): string | undefined {
  const text = waiting?.href === href ? waiting.text : undefined;
  waiting = undefined;
  return text;
}
