/** Why: paper needs no script; only the button that opens the browser's print dialog does, and is hidden without it. */
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}
