/** A page that is complete in itself, as it lies beside the Worker. */
export interface Page {
  readonly html: string;
  /** Of its one style, for the policy that lets it in: `sha256-` and the digest in base64. */
  readonly styleHash: string;
}

/** A page of `html`, which has one style element. */
export async function makePage(html: string): Promise<Page> {
  const [, style = ""] = /<style>([^]*?)<\/style>/.exec(html) ?? [];
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
  return { html, styleHash: `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}` };
}
