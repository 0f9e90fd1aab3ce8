/** Why: names are compared once, on the server: 20,000 of them, or only what compares them, take a phone longer than everything else together. */
export const byName = new Intl.Collator('lt', { numeric: true });
