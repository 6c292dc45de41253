/** What the build knows of and TypeScript does not. */

declare module "*.css";
