/** Why: whether the provider's other lines fell too, and how to reach the provider. Pure. */
import { html, type Markup } from '../document.ts';
import { mark } from './marks.ts';
import type { Frame } from './page.ts';

export function nearSection({ seen, own, via }: Frame): Markup | null {
  const { neighbours } = seen;
  if (!neighbours) return null;
  const { isp, region, near, far, bad, verdict } = neighbours;
  const said =
    near.total > 0 && region !== ''
      ? [own.nearIn(region, near.bad, near.total, isp), far.total > 0 ? own.nearElsewhere(far.bad, far.total) : '']
      : [own.nearAll(near.bad + far.bad, near.total + far.total, isp)];
  return html`<h2>${own.near[verdict]}</h2>
<p>${said.join(' ').trim()}</p>
${
  bad.length > 0 &&
  html`<ul class="bad">${bad.map(
    ({ site, name, state }) =>
      html`<li>${mark(state, '')}${via === 'page' ? html`<a href="/sites/${encodeURIComponent(site)}">${name}</a>` : html`<span>${name}</span>`}<span class="q">${own.rule[state === 'offline' ? 'dark' : 'slow']}</span></li>`,
  )}</ul>`
}`;
}

export function providerSection({ seen, own, words, via }: Frame): Markup | null {
  const { site } = seen;
  if (!site) return null;
  const name = site.isp === '' ? null : html`<dt>${own.provider}</dt><dd>${site.isp}</dd>`;
  const contract =
    site.contract_mbps === null
      ? null
      : html`<dt>${own.contract}</dt><dd>${words.format.mbps(site.contract_mbps)}</dd>`;
  return html`<h2>${own.provider}</h2>
<dl class="facts">${name}${contract}</dl>
${site.notes !== '' && html`<p class="pre">${site.notes}</p>`}
${phonesIn(site.notes).map((number) => html`<a class="btn tel" href="tel:${number.replace(/[^\d+]/g, '')}"><svg aria-hidden="true"><use href="#phone"/></svg>${number}</a>`)}
${via === 'page' && html`<p><a class="way" href="/sites/${encodeURIComponent(site.id)}?ap=${encodeURIComponent(seen.alert.ap)}">${own.toSite}</a></p>`}`;
}

/** Eight digits or more with the signs that people put between them; a short number could be anything. */
const PHONE = /(?<![\d.])\+?\d(?:[\s()\-/]{0,2}\d){7,14}(?![\d.]\d)/g;
const DATE = /^\d{4}-\d\d-\d\d/;

/** Numbers that somebody wrote down become ones to tap. */
export function phonesIn(text: string): string[] {
  const found = [...text.matchAll(PHONE)].map(([number]) => number);
  return found.filter((number) => !DATE.test(number)).slice(0, 4);
}
