/**
 * The console's one policy of Trusted Types: what may become markup or a script at all. Its name stands in the policy that the
 * Worker sends. https://developer.mozilla.org/docs/Web/API/Trusted_Types_API
 */

/** As much of the API as is used here; browsers without it take plain text. */
interface Factory {
  createPolicy(
    name: string,
    rules: { createHTML(text: string): string; createScriptURL(url: string): string },
  ): { createHTML(text: string): string; createScriptURL(url: string): string };
}

const RULES = {
  // Of src/diagram alone, which escapes every name; it is parsed as XML, from where nothing runs until it is put into the page.
  createHTML: (text: string): string => text,
  createScriptURL: (url: string): string => {
    if (/^\/console\/[\w-]+\.js$/.test(url)) return url;
    throw new TypeError(`${url} is no script of the console`);
  },
};

const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
const policy = factory?.createPolicy("detent", RULES) ?? RULES;

/** The elements of a picture that src/diagram has drawn. */
export function parsePicture(svg: string): SVGSVGElement {
  const parsed = new DOMParser().parseFromString(policy.createHTML(svg), "image/svg+xml");
  const picture = parsed.documentElement;
  if (!(picture instanceof SVGSVGElement)) throw new Error("the picture is no SVG");
  return document.adoptNode(picture);
}

/** A worker of the console. Throws TypeError for any other script. */
export function startWorker(url: string): Worker {
  return new Worker(policy.createScriptURL(url), { type: "module" });
}
