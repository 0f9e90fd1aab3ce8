/** Why: the accessibility statement as a page without a script, in the reader's language. Pure. */
import { html, type Markup } from '../document.ts';
import { LANGUAGES, type Language } from '../language.ts';
import type { AccessibilityWords } from './words.ts';

/** When the words were last held against the tests. */
const MADE = Date.UTC(2026, 10, 28);

/** `contact`: an e-mail or web address; null where none was set. */
export function statementPage(contact: string | null, lang: Language, words: AccessibilityWords): Markup {
  const list = (items: readonly string[]) => html`<ul>${items.map((one) => html`<li>${one}</li>`)}</ul>`;
  const made = new Intl.DateTimeFormat(words.locale, { dateStyle: 'long', timeZone: 'UTC' }).format(MADE);
  return html`<main id="main" class="public">
<nav class="langs" aria-label="${words.language}">${LANGUAGES.map(
    (one) =>
      html`<a href="/accessibility?lang=${one}" lang="${one}"${one === lang && html` aria-current="true"`}>${one.toUpperCase()}</a> `,
  )}</nav>
<h1>${words.title}</h1>
<p>${words.lead}</p>
<p>${words.scope}</p>
<h2>${words.status}</h2>
${words.statusText.map((one) => html`<p>${one}</p>`)}
<h2>${words.tested}</h2>
${list(words.testedText)}
<h2>${words.broken}</h2>
${list(words.brokenText)}
<h2>${words.feedback}</h2>
<p>${contact === null ? words.noContact : html`${words.feedbackText} <a href="${hrefOf(contact)}">${contact}</a>`}</p>
<p>${words.enforcement}</p>
<p class="q">${words.made(made)}</p>
</main>`;
}

const hrefOf = (contact: string): string => (contact.includes('://') ? contact : `mailto:${contact}`);
