/**
 * Why: a short message is 160 signs in the GSM alphabet (3GPP TS 23.038) and 70 in any other; one Lithuanian letter would cost more than
 * half of it. Letters with marks become plain ones; Cyrillic stays what it is, at 70 signs a part.
 */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** Two septets each. */
const EXTENDED = '^{}\\[~]|€\f';
const SEPTETS = new Map([
  ...[...BASIC].map((sign) => [sign, 1] as const),
  ...[...EXTENDED].map((sign) => [sign, 2] as const),
]);

const PLAIN: Readonly<Record<string, string>> = {
  '–': '-',
  '—': '-',
  '…': '...',
  '„': '"',
  '“': '"',
  '”': '"',
  '«': '"',
  '»': '"',
  '’': "'",
  '‘': "'",
  '·': '-',
  '•': '-',
  '\u00a0': ' ',
  '\u200b': '',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
};

export interface SmsText {
  text: string;
  encoding: 'gsm7' | 'ucs2';
  parts: number;
}

/** The text as it fits into at most `maxParts` short messages: what is too long ends with "...". */
export function smsText(text: string, maxParts: number): SmsText {
  const latin = transliterated(text);
  const gsm = [...latin].every((sign) => SEPTETS.has(sign));
  const kept = gsm ? latin : text.normalize('NFC').replace(/[\u200b]/g, '');
  const cost = gsm ? (sign: string): number => SEPTETS.get(sign) ?? 1 : (sign: string): number => sign.length;
  const [single, joined] = gsm ? [160, 153] : [70, 67];
  const length = lengthOf(kept, cost);
  const limit = maxParts === 1 ? single : joined * maxParts;
  const fits = length <= Math.max(single, limit);
  const said = fits ? kept : `${head(kept, limit - 3, cost)}...`;
  const n = lengthOf(said, cost);
  return { text: said, encoding: gsm ? 'gsm7' : 'ucs2', parts: n <= single ? 1 : Math.ceil(n / joined) };
}

/** Letters of Latin alphabets without their marks; what the GSM alphabet has stays. */
function transliterated(text: string): string {
  return [...text.normalize('NFC')]
    .map((sign) => (SEPTETS.has(sign) ? sign : (PLAIN[sign] ?? unmarked(sign))))
    .join('');
}

function unmarked(sign: string): string {
  return /\p{Script=Latin}/u.test(sign) ? sign.normalize('NFD').replace(/\p{M}/gu, '') : sign;
}

function lengthOf(text: string, cost: (sign: string) => number): number {
  return [...text].reduce((sum, sign) => sum + cost(sign), 0);
}

function head(text: string, limit: number, cost: (sign: string) => number): string {
  let left = limit;
  let kept = '';
  for (const sign of text) {
    left -= cost(sign);
    if (left < 0) break;
    kept += sign;
  }
  return kept;
}
