/** Draws diagrams beside the page: one of 500 states takes a second, in which the page goes on. */
import { sketchOf } from "../../diagram/sketch.ts";
import { renderSvg } from "../../diagram/svg.ts";
import type { DiagramAnswer, DiagramQuestion } from "./drawing.ts";

addEventListener("message", ({ data }: MessageEvent<DiagramQuestion>) => {
  const { id, source, title, marks, counts, inlineAs } = data;
  let answer: DiagramAnswer;
  try {
    const sketch = sketchOf(source);
    answer = { id, svg: renderSvg(sketch, title, { marks, counts, inlineAs }), states: sketch.states };
  } catch (error) {
    answer = { id, problem: error instanceof Error ? error.message : String(error) };
  }
  postMessage(answer);
});
