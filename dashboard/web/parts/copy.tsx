/** Why: commands and links are copied whole, by a button that says that it did. */
import { useState } from 'preact/hooks';
import { settingsWords } from '../words-settings.ts';

/** The clipboard needs a secure origin; on plain http the text is selected in a field and copied the old way. */
async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard)
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'vh';
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  return done;
}

export function CopyButton({
  text,
  label = settingsWords.copy,
  cls = '',
}: {
  /** A function: made when it is wanted. */
  text: string | (() => string);
  label?: string;
  cls?: string;
}) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    setDone(await copyText(typeof text === 'string' ? text : text()));
    setTimeout(() => setDone(false), 2000);
  };
  return (
    <button class={`btn ${cls}`} type="button" onClick={() => void copy()}>
      {done ? settingsWords.copied : label}
    </button>
  );
}

export const Command = ({ text, label }: { text: string; label: string }) => (
  <div class="field all">
    <span class="lab">{label}</span>
    <div class="cmd" role="group" aria-label={label}>
      <code>{text}</code>
      <CopyButton text={text} />
    </div>
  </div>
);
