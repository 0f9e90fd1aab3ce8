/** Why: what people read in English. */
import { formatOf } from './format.ts';
import type { Words } from './words.ts';

const format = formatOf('en', { mbps: 'Mb/s', decimal: '.', day: 'd', hour: 'h', minute: 'min', second: 's' });
const { count } = format;

export const en: Words = {
  format,
  title({ rule, place, target, value, engine }) {
    if (rule === 'slow') return `Below ${target}: ${place}${value === null ? '' : `, ${value}`}`;
    if (rule === 'dark') return `Offline: ${place}`;
    return engine;
  },
  prefix: { resolved: 'Resolved: ', closed: 'Closed: ', update: 'Update: ', reminder: 'Still: ', test: 'Test: ' },
  past: (title, from, to) => `Over already, ${from}–${to}: ${title}`,
  labels: {
    site: 'Site',
    provider: 'Provider',
    measured: 'Measured',
    contract: 'Contract',
    since: 'Since',
    until: 'Until',
    confirmed: 'Confirmed by',
    excluded: 'Excluded',
    others: 'Also affected',
    cause: 'Cause',
    urgency: 'Urgency',
  },
  headings: { why: 'Why we say so', tests: 'Tests', next: 'What to do next' },
  reasonsNote: '',
  measured: ({ median, tests, below, target, best }) =>
    `median ${median} of ${count(tests, { one: '{n} test', other: '{n} tests' })}, ${below} below ${target}, best ${best}`,
  after: (duration) => `after ${duration}`,
  confirmed: {
    retests: (n) => count(n, { one: '{n} retest', other: '{n} retests' }),
    servers: (n) => count(n, { one: '{n} test server', other: '{n} test servers' }),
    span: (duration) => `over ${duration}`,
    silence: 'no sign of life from the probe since then',
  },
  excluded: {
    othersCounted: (most) => `other traffic on the line (at most ${most}, counted in)`,
    othersUnknown: 'other traffic could not be excluded: the probe does not see it',
    cpu: (percent) => `a busy probe (CPU at most ${percent} %)`,
    inconclusive: (n) => count(n, { one: '{n} inconclusive test', other: '{n} inconclusive tests' }),
  },
  others: (n, provider) =>
    `${count(n, { one: '{n} more access point', other: '{n} more access points' })} of ${provider}`,
  nobodyElse: (provider) => `nobody else of ${provider}`,
  causes: {
    unknown: 'not known yet',
    power: 'no power, or switched off',
    lan: 'inside the library, before the line',
    access_line: 'the access line',
    provider: 'beyond the access line, at the provider',
    server: 'this server, not the library',
    agent: 'the probe itself',
  },
  revised: 'revised',
  urgency: {
    page: 'Somebody is needed now.',
    ticket: 'It can wait until working hours.',
    digest: 'For the daily summary; nothing is urgent.',
  },
  openUntil: (time) => `The library is open until ${time}.`,
  closedUntil: (at) => `The library is closed; it opens ${at}.`,
  closed: 'The library is closed.',
  test: {
    below: 'below',
    passed: 'passed',
    inconclusive: 'inconclusive',
    notMeasured: 'not measured',
    download: 'download',
    retest: 'retest',
    others: (rate) => `others' traffic ${rate}`,
    othersUnknown: "others' traffic unknown",
  },
  next: {
    nothing: 'Nothing to do.',
    power: 'Ask the library whether it has power and whether the router is on.',
    call: (provider) => `If it has, call ${provider}.`,
    callWithTests: (provider) => `Call ${provider} with the tests above`,
    othersCounted: 'what others used at the time is counted in.',
    othersUnknown: 'the probe could not see what others used at the time.',
    contractLow: (contract) => `The contract promises less than the target (${contract}); the provider may be right.`,
    group: (provider) => `Call ${provider}: many places fell at once, so one cause is likely.`,
    look: 'Open the alert: it shows the evidence and what Carrel suggests.',
    acknowledge: 'Acknowledge it, so that others know you have it.',
  },
  theProvider: 'the provider',
  reminder: (minutes) => `Nobody has taken it on for ${count(minutes, { one: '{n} minute', other: '{n} minutes' })}.`,
  ackEnded: 'The acknowledgement has ended and it still goes on.',
  uncertain: 'This may be a repeat: it is not known whether the first attempt arrived.',
  member: (name, since) => `${name}, since ${since}`,
  moreMembers: (n) => `and ${n} more`,
  links: { open: 'Open the alert', act: 'Acknowledge, silence or note' },
  digest: {
    title: (n) => count(n, { one: '{n} alert waited', other: '{n} alerts waited' }),
    open: 'still goes on',
    over: 'over',
    more: (n) => `and ${n} more, all listed on the page`,
  },
  notices: {
    failing: (receiver) => `Alerts do not reach ${receiver}`,
    failingText: (error, since) => `Nothing has got through since ${since}: ${error}. What waits there is not lost.`,
    works: (receiver) => `Alerts reach ${receiver} again`,
    worksText: (duration) => `It failed for ${duration}. What waited is being sent.`,
    nobodyReacted: (title) => `Nobody reacted: ${title}`,
    gap: (rotation, from, to) => `No one is on call in ${rotation} from ${from} to ${to}`,
    test: 'Carrel test message',
    testText: 'Somebody pressed the test button. If you can read this, alerts reach you here.',
  },
};
