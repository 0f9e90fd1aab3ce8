/** Why: who has switched scripts off reads why nothing is drawn. */
export const noScript = 'This page needs JavaScript, which is switched off in this browser.';
