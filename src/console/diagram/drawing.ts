/** Asks the diagram worker for pictures. */
import type { Marks } from "../../diagram/graph.ts";
import { startWorker } from "../trusted.ts";

/** What is to be drawn. */
export interface Subject {
  /** A configuration as uploaded, in snake_case; may be half-written, and anything at all. */
  readonly source: unknown;
  /** Whose picture it is. */
  readonly title: string;
  /** Where a machine is and how it came there. */
  readonly marks?: Marks | undefined;
  /** Machines by state: every state says how many. */
  readonly counts?: ReadonlyMap<string, number> | undefined;
}

export interface Picture {
  /** Without style: it is for a page. */
  readonly svg: string;
  /** By the position that the group of a state has as `data-state`. */
  readonly states: readonly string[];
}

export interface DiagramQuestion extends Subject {
  readonly id: number;
  /** What the ids in the picture begin with. */
  readonly inlineAs: string;
}

export type DiagramAnswer = { readonly id: number } & (Picture | { readonly problem: string });

interface Waiting {
  readonly resolve: (picture: Picture) => void;
  readonly reject: (error: Error) => void;
}

/** Where the build has put the worker. */
declare const DIAGRAM_WORKER: string;

let worker: Worker | undefined;
let lastId = 0;
const waiting = new Map<number, Waiting>();

/** Draws a picture whose ids begin with `inlineAs`. Rejects where it cannot be drawn. */
export function drawDiagram(subject: Subject, inlineAs: string): Promise<Picture> {
  worker ??= start();
  const id = ++lastId;
  const { source, title, marks, counts } = subject;
  const { promise, resolve, reject } = Promise.withResolvers<Picture>();
  waiting.set(id, { resolve, reject });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name, as a window has
  worker.postMessage({ id, source, title, marks, counts, inlineAs } satisfies DiagramQuestion);
  return promise;
}

function start(): Worker {
  const started = startWorker(DIAGRAM_WORKER);
  started.addEventListener("message", ({ data }: MessageEvent<DiagramAnswer>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if ("svg" in data) asked?.resolve(data);
    else asked?.reject(new Error(data.problem));
  });
  started.addEventListener("error", () => {
    // It could not be loaded, or has died: whoever waits is told, and the next one starts another.
    worker = undefined;
    for (const { reject } of waiting.values()) reject(new Error("the picture could not be drawn"));
    waiting.clear();
  });
  return started;
}
