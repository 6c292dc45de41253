/** What a text has come to. What reads it is loaded with the first change: the beginning is known as it is. */
import { useRef } from "preact/hooks";
import { sourceOf } from "../../data/configuration-source.ts";
import { useLoad } from "../../data/use-load.ts";
import type { Configuration } from "../../../gen/detent/v1/configuration_pb.ts";
import type { Reading } from "./reading.ts";

/** A text whose configuration is known. */
export interface Beginning {
  readonly text: string;
  readonly message: Configuration;
}

interface Read {
  /** The newest there is. */
  readonly reading: Reading;
  /** It is of this text. */
  readonly isCurrent: boolean;
  /** Why it could not be read: what reads it could not be loaded. */
  readonly error: unknown;
}

/** With `needsPlaces` the beginning is read, too. */
export function useReading(text: string, beginning: Beginning, needsPlaces: boolean): Read {
  const isKnown = text === beginning.text && !needsPlaces;
  const { value, error } = useLoad(async (): Promise<Reading> => {
    if (isKnown) return readingOf(beginning);
    return (await import("./source-text.ts")).readText(text);
  }, [text, isKnown]);
  const newest = useRef<Reading | undefined>(undefined);
  newest.current = value ?? newest.current ?? readingOf(beginning);
  return { reading: newest.current, isCurrent: value !== undefined, error };
}

function readingOf({ message }: Beginning): Reading {
  return { kind: "read", value: sourceOf(message), message, placeOf: () => undefined };
}
