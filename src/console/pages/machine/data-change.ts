/** What is different between the data of a machine before and after a change. */

/** One place. */
export interface DataChange {
  /** JSON Pointer. */
  readonly pointer: string;
  /** As JSON; undefined: it was not there. */
  readonly before: string | undefined;
  /** As JSON; undefined: it is not there any more. */
  readonly after: string | undefined;
}

/** The deepest places that differ, in the order of the data; arrays are compared as a whole. */
export function listDataChanges(before: object, after: object, at = ""): DataChange[] {
  const [old, now] = [
    new Map<string, unknown>(Object.entries(before)),
    new Map<string, unknown>(Object.entries(after)),
  ];
  const names = new Set([...old.keys(), ...now.keys()]);
  return [...names].flatMap((name) => {
    const pointer = `${at}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const [was, is] = [old.get(name), now.get(name)];
    if (isObject(was) && isObject(is)) return listDataChanges(was, is, pointer);
    const change = { pointer, before: textOf(was), after: textOf(is) };
    return change.before === change.after ? [] : [change];
  });
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string | undefined => (value === undefined ? undefined : JSON.stringify(value));
