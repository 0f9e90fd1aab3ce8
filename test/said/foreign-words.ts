/** Why: English that slipped into a Lithuanian or Russian message is found by its commonest words, whatever the sentence. */

/** None of them is a Lithuanian word. */
const ENGLISH = new Set(
  `the of is are and not it its with was were by for from that this which has have had test tests probe line low ago since until hours hour
  down failed below above reached expected unknown offline seconds days site sites server servers clock agent while when where who what
  why nobody somebody nothing everything one two three more most less than open opening closed sample samples traffic download upload pass
  inconclusive retest retests silenced acknowledged maintenance median best worst limit other others their they them you your can cannot may
  must should would refuse refuses alert alerts there here then but or an on at as if so out up`.split(/\s+/),
);
/** Names, units and addresses that are the same in every language. */
const NAMES =
  /https?:\S+|Europe\/Vilnius|\b(?:Carrel|CARREL_\w+|Mb\/s|UTC|NTP|UDP|TCP|tcp|udp|Wi-Fi|webhook|DNS|CPU|Webhook)\b/g;

/** English words in `text`. `names`: what people or programs are called in it. */
export function foreignWords(text: string, names: readonly string[] = []): string[] {
  const own = names.reduce((left, name) => left.replaceAll(name, ' '), text.replace(NAMES, ' '));
  return (own.match(/[\p{L}]+/gu) ?? []).filter((word) => ENGLISH.has(word.toLowerCase()));
}
