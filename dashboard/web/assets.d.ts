/** Why: style sheets are taken in by esbuild, not by TypeScript. */
declare module '*.css';
