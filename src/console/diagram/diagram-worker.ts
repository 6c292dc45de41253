/** Draws diagrams beside the page: one of 500 states takes a second, in which the page goes on. */
import { renderSvg } from "../../diagram/svg.ts";
import { loadConfiguration } from "../../engine/compile-configuration.ts";
import type { DiagramAnswer, DiagramQuestion } from "./drawing.ts";

addEventListener("message", ({ data }: MessageEvent<DiagramQuestion>) => {
  const { id, source, title, marks } = data;
  let answer: DiagramAnswer;
  try {
    answer = { id, svg: renderSvg(loadConfiguration(source), title, marks) };
  } catch (error) {
    answer = { id, problem: error instanceof Error ? error.message : String(error) };
  }
  postMessage(answer);
});
