/** Why: style sheets and outlines are taken in by esbuild, not by TypeScript. */
declare module '*.css';
declare module '*.topojson' {
  const url: string;
  export default url;
}
