/**
 * What a release says of itself: the section of its version in CHANGELOG.md. No I/O: texts come in, a text goes out, so that
 * a tag can be refused before anything is built.
 */

/** Why there is no release: a sentence for who has pushed the tag. */
export class ReleaseError extends Error {}

/** What a release is checked against. */
export interface Papers {
  /** package.json. */
  readonly manifest: string;
  /** package-lock.json. */
  readonly lock: string;
  /** CHANGELOG.md. */
  readonly changelog: string;
}

/** `v` and a version of semantic versioning (https://semver.org), without build metadata, which no tarball's name can carry. */
const TAG = /^v((?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)$/;
const HEADING = /^##[ \t]+(.+)$/;
const FENCE = /^ {0,3}(?:```|~~~)/;

/**
 * The notes of the release that `tag` names. Throws a ReleaseError where the tag is none of a version, package.json or
 * package-lock.json has another version, or CHANGELOG.md has no section of it, several, or an empty one.
 */
export function readNotes(tag: string, { manifest, lock, changelog }: Papers): string {
  const [, version] = TAG.exec(tag) ?? [];
  if (version === undefined) throw new ReleaseError(`A tag of a release is like v1.2.3 or v1.2.3-rc.1, not "${tag}".`);
  for (const [name, text] of [
    ["package.json", manifest],
    ["package-lock.json", lock],
  ] as const) {
    const found = readVersion(name, text);
    if (found === version) continue;
    throw new ReleaseError(`The tag ${tag} is of version ${version}, but ${name} has version ${found}.`);
  }
  const sections = listSections(changelog).filter(({ title }) => isOf(version, title));
  const [section, another] = sections;
  if (section === undefined) throw new ReleaseError(`CHANGELOG.md has no section "## ${version}".`);
  if (another !== undefined) throw new ReleaseError(`CHANGELOG.md has ${sections.length} sections of ${version}.`);
  if (section.text === "") throw new ReleaseError(`The section "## ${section.title}" of CHANGELOG.md is empty.`);
  return section.text;
}

function readVersion(name: string, text: string): string {
  try {
    const { version } = JSON.parse(text) as { version?: unknown };
    return String(version);
  } catch {
    throw new ReleaseError(`${name} is no JSON.`);
  }
}

/** A heading names the version, alone or with something behind it: `## 1.2.3 (2026-11-27)`. */
function isOf(version: string, title: string): boolean {
  return title.split(/[\s(]/, 1)[0] === version;
}

interface Section {
  readonly title: string;
  readonly text: string;
}

function listSections(changelog: string): Section[] {
  const sections: { title: string; lines: string[] }[] = [];
  let isCode = false;
  for (const line of changelog.split(/\r?\n/)) {
    if (FENCE.test(line)) isCode = !isCode;
    const [, title] = isCode ? [] : (HEADING.exec(line) ?? []);
    if (title === undefined) sections.at(-1)?.lines.push(line);
    else sections.push({ title: title.trim(), lines: [] });
  }
  return sections.map(({ title, lines }) => ({ title, text: lines.join("\n").trim() }));
}
