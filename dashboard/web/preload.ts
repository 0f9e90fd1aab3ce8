/**
 * Why: the overview and the list of incidents are files of their own beside the page's script. They are asked for together with it, so that
 * they cost no second round trip. Imports nothing.
 */
/** Files of a page by its path; infra/build-web.ts puts them here. */
declare const PAGE_FILES: Readonly<Record<string, readonly string[]>>;

for (const file of PAGE_FILES[location.pathname] ?? []) {
  const link = document.createElement('link');
  link.rel = 'modulepreload';
  link.href = file;
  document.head.append(link);
}
