/** How a picture looks. All of it stands inside the picture, which therefore loads nothing. */

/**
 * For the `<style>` of a picture, or of a page that has pictures inline beside styles of its own: all names begin with `d-`.
 * `.d-label rect`, on which what is written on an arrow stands, has the colour of paper; on another ground a page gives it
 * that of its own.
 */
export const STYLE = `
.d-diagram text { font-family: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; fill: #1f2933; }
.d-paper { fill: #ffffff; }
.d-heading { font-size: 15px; font-weight: 600; }
.d-note { font-size: 12px; }
.d-diagram .d-note { fill: #52606d; }
.d-state { font-size: 14px; text-anchor: middle; }
.d-box, .d-spot { fill: #f5f7fa; stroke: #7b8794; stroke-width: 1.25; }
.d-inner { fill: none; stroke: #7b8794; stroke-width: 1.25; }
.d-visited .d-box, .d-visited .d-spot { stroke: #1d4ed8; stroke-width: 2.5; }
.d-visited .d-inner { stroke: #1d4ed8; }
.d-any .d-box, .d-any .d-spot { stroke-dasharray: 5 4; fill: none; }
.d-any text { font-style: italic; }
.d-current .d-box, .d-current .d-spot { fill: #1d4ed8; stroke: #1e3a8a; stroke-width: 3.5; }
.d-current .d-inner { stroke: #ffffff; }
.d-diagram .d-current text { font-weight: 700; }
.d-diagram .d-current .d-inside { fill: #ffffff; }
.d-dot { fill: #1f2933; }
.d-arrow { fill: none; stroke: #7b8794; stroke-width: 1.25; }
.d-many .d-arrow { stroke-width: 1; opacity: 0.45; }
.d-diagram .d-taken { stroke: #1d4ed8; stroke-width: 3; opacity: 1; }
.d-head { fill: #7b8794; }
.d-taken-head { fill: #1d4ed8; }
.d-label { font-size: 12px; text-anchor: middle; }
.d-label rect { fill: #ffffff; }
.d-label .d-was-taken { font-weight: 700; }
.d-ring { font-size: 13px; }
.d-diagram .d-start text { font-weight: 600; }
@media (prefers-color-scheme: dark) {
.d-diagram text { fill: #e4e7eb; }
.d-diagram .d-note { fill: #a3adb8; }
.d-paper, .d-label rect { fill: #14181d; }
.d-box, .d-spot { fill: #232a32; stroke: #8794a1; }
.d-inner, .d-arrow { stroke: #8794a1; }
.d-any .d-box, .d-any .d-spot { fill: none; }
.d-visited .d-box, .d-visited .d-spot, .d-visited .d-inner, .d-diagram .d-taken { stroke: #7ab0ff; }
.d-current .d-box, .d-current .d-spot { fill: #7ab0ff; stroke: #d3e4ff; }
.d-current .d-inner { stroke: #0b1a33; }
.d-diagram .d-current .d-inside { fill: #0b1a33; }
.d-dot { fill: #e4e7eb; }
.d-head { fill: #8794a1; }
.d-taken-head { fill: #7ab0ff; }
}
`.trim();
