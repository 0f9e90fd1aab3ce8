/** Why: puts the chosen theme on <html> before the first paint. Imports nothing. */
try {
  const chosen = localStorage.getItem('carrel.theme');
  if (chosen === 'dark' || chosen === 'light') document.documentElement.dataset['theme'] = chosen;
} catch {
  // Storage is refused in some private windows: the system's theme stands.
}
