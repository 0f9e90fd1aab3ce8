/** Why: the words of the glossary: what reports, alerts and tables of this page mean by a word, for who is no network engineer. */
const en = {
  title: 'What the words mean',
  text: 'One word, one meaning, on every page, in messages and in reports.',
  api: 'Programs ask for the same figures:',
  list: [
    ['Access point', 'The internet connection that a library gives to its visitors. The target is judged for each.'],
    ['Probe', 'The small device or program in a library that measures. It counts; it identifies nobody.'],
    [
      'Mb/s',
      'Megabits a second: how much the line carries. Eight bits are one byte, so 30 Mb/s load 3.75 MB in a second.',
    ],
    ['Target', 'What visitors should get: 30 Mb/s down, unless a library has another.'],
    [
      'Test',
      'A short download that shows whether the line carries the target. Pass, Fail, or Inconclusive with a reason.',
    ],
    ['Meets target', 'The median of the last valid tests reaches the target.'],
    ['Below target', 'It does not. An alert asks for more: several tests, in opening hours, confirmed.'],
    ['Offline', 'No sign of life from the library while it is open.'],
    ['No data', 'Nobody knows: no probe, or no test yet. Never counted as working, never as failing.'],
    ['Maintenance', 'Work that was planned; nobody is called for it.'],
    ['Median', 'The middle value: half of the tests were faster, half slower. One bad test does not move it.'],
    ['p10', 'Nine of ten tests were faster: how slow it gets on bad days.'],
    ['Interval', 'Where the true share lies with 95 % certainty. Few tests make it wide.'],
    ['Coverage', 'Tests that gave a result, of those planned. Under 80 % there is not enough data for a verdict.'],
    ['Available', 'Share of the known opening time with working internet.'],
    ['Incident', 'One cause, one incident, however many libraries it touches.'],
    ['Acknowledge', '“I have it”: nobody else is called for some hours.'],
    ['Silence', 'Nobody is called until it ends. It always ends by itself.'],
    ['Metered line', 'Every byte costs: tests there are rarer and smaller.'],
    ['Round trip', 'How long a question takes to the internet and back. Above 300 ms calls and pages suffer.'],
  ] as readonly (readonly [string, string])[],
};

export type GlossaryWords = typeof en;
export const glossaryWords: GlossaryWords = en;
