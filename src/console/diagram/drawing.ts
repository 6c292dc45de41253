/** Asks the diagram worker for pictures. */
import type { Marks } from "../../diagram/graph.ts";
import type { ConfigurationSource } from "../../engine/configuration.ts";
import { startWorker } from "../trusted.ts";

/** What is to be drawn. */
export interface Subject {
  /** As uploaded; may be half-written. */
  readonly source: ConfigurationSource;
  readonly title: string;
  /** Where a machine is and how it came there. */
  readonly marks?: Marks | undefined;
  /** Machines by state. */
  readonly counts?: ReadonlyMap<string, number> | undefined;
}

export interface DiagramQuestion extends Subject {
  readonly id: number;
}

export type DiagramAnswer =
  | { readonly id: number; readonly svg: string }
  | { readonly id: number; readonly problem: string };

interface Waiting {
  readonly resolve: (svg: string) => void;
  readonly reject: (error: Error) => void;
}

/** Where the build has put the worker. */
declare const DIAGRAM_WORKER: string;

let worker: Worker | undefined;
let lastId = 0;
const waiting = new Map<number, Waiting>();

/** The picture as SVG. Rejects where it cannot be drawn. */
export function drawDiagram(subject: Subject): Promise<string> {
  worker ??= start();
  const id = ++lastId;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  waiting.set(id, { resolve, reject });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name, as a window has
  worker.postMessage({ ...subject, id } satisfies DiagramQuestion);
  return promise;
}

function start(): Worker {
  const started = startWorker(DIAGRAM_WORKER);
  started.addEventListener("message", ({ data }: MessageEvent<DiagramAnswer>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if ("svg" in data) asked?.resolve(data.svg);
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
