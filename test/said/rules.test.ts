import { expect, onTestFinished, test } from 'vitest';
import { ALERT_RULES, type AlertRule, LANGUAGES, type Language } from '#contract';
import { inputAbout } from '../../dashboard/notify/compose.ts';
import { type Message, messageOf, textOf } from '../../dashboard/notify/message.ts';
import { foreignWords } from './foreign-words.ts';
import { SCENES } from './incidents.ts';
import { RULE_TEXTS } from './rule-texts.ts';

/** What the engine's incident of this rule becomes for who is told. */
async function messagesOf(rule: AlertRule): Promise<Record<Language, Message>> {
  const it = await SCENES[rule]();
  onTestFinished(() => it.close());
  const alert = it.alerts().find((one) => one.rule === rule);
  const deps = { state: it.state, publicUrl: () => 'https://c.example' };
  const inLanguage = (lang: Language): Message => {
    const view = it.engine.view(alert?.id ?? 0, lang);
    if (!view) throw new Error(`there is no incident of ${rule}`);
    return messageOf(inputAbout(deps, { alert: view, kind: 'firing', lang, now: it.time.clock.wallMs() }));
  };
  return { en: inLanguage('en'), lt: inLanguage('lt'), ru: inLanguage('ru') };
}

test.each(ALERT_RULES)('who is told of %s reads what, why and what to do, in the own language', async (rule) => {
  const messages = await messagesOf(rule);
  for (const lang of LANGUAGES) {
    const { title, sections } = messages[lang];
    const [why, next] = [sections[0]?.lines ?? [], sections.at(-1)?.lines ?? []];
    expect([title, ...why, '', ...next]).toEqual(RULE_TEXTS[rule][lang]);
  }
  for (const lang of ['lt', 'ru'] as const) expect(foreignWords(textOf(messages[lang]))).toEqual([]);
});
