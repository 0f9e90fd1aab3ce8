/** Why: every word that the page says, in one catalogue, so that another language is another object of this shape. Plain words, as to a colleague. */
import type { AlertExplanation, ApState, DeliveryView, LimitedBy, TestMethod, TestReason, Verdict } from '#contract';
import type { SortKey } from './order.ts';

const NB = '\u00a0';

const en = {
  product: 'Carrel',
  months: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
  weekdays: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
  units: { d: 'd', h: 'h', min: 'min', s: 's', mbps: 'Mb/s', ms: 'ms', percent: '%' },
  ago: (age: string) => `${age} ago`,
  unknown: 'unknown',
  noConnection: 'no connection',
  never: 'never',

  frame: {
    skip: 'Skip to content', main: 'Main', find: 'Find a library, place or probe',
    overview: 'Overview', sites: 'Sites', alerts: 'Alerts', settings: 'Settings',
    needAction: ', need action: ', scope: 'All sites', account: (name: string) => `${name}, signed in`, signOut: 'Sign out',
    theme: { system: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' }, keys: 'Keyboard shortcuts',
  },
  pill: {
    loading: 'Connecting', live: 'Live', late: 'Reconnecting', old: 'Old',
    age: (age: string) => `data ${age} old`,
  },
  stale: {
    title: (age: string) => `Data is ${age} old.`,
    text: (clock: string) => `The server has not been heard since ${clock}. What you see is the last state, greyed and hatched; nothing here is newer.`,
  },
  state: {
    meets: 'Meets target', below: 'Below target', offline: 'Offline', nodata: 'No data', maint: 'Maintenance',
    belowTarget: (target: string) => `Below ${target}`,
  },
  verdict: { pass: 'Pass', fail: 'Fail', inconclusive: 'Could not tell' } satisfies Record<Verdict, string>,
  method: { passive: 'Passive', udp: 'UDP', tcp: 'TCP', 'tcp-full': 'TCP, full' } satisfies Record<TestMethod, string>,
  reason: { slot: '', confirm: 'confirms', recovery: 'recovery', manual: 'asked for', audit: 'audit' } satisfies Record<TestReason, string>,
  limit: {
    cpu: 'the probe’s processor was the limit', nic: 'the probe’s port was the limit', wifi: 'the probe is on Wi-Fi', server: 'the test server was the limit',
    budget: 'the data budget is used up', cross_traffic: 'others used the line', route: 'this machine is the test server', aborted: 'the test was stopped',
    unreachable: 'the test server was not reached',
  } satisfies Record<LimitedBy, string>,
  marginal: 'close to the target',
  upload: 'upload',

  load: { what: (what: string) => `Loading ${what.charAt(0).toLowerCase()}${what.slice(1)}`, failed: (what: string) => `${what} could not be read`, again: 'Try again', chunk: 'A part of the page could not be loaded: no connection, or Carrel was updated meanwhile.' },
  what: { page: 'the page', thePage: 'The page', sites: 'sites', tests: 'The tests', alerts: 'The alerts', chart: 'The chart', why: 'The reasons' },

  login: {
    title: 'Sign in', text: 'to see how the libraries’ internet is doing.', name: 'Name', password: 'Password', show: 'Show password', go: 'Sign in',
  },
  setup: {
    title: 'Choose the administrator’s password', text: 'This link works once. The user’s name is admin; more people can be added later.',
    password: 'Password', hint: 'At least 12 characters. A sentence is easier to remember than signs.', go: 'Set the password', noToken: 'This link has no token',
    noTokenText: 'Open the link that the server printed when it first started, all of it.', toLogin: 'Sign in instead',
  },
  unknownPage: { title: 'There is no such page', text: 'The address may be mistyped, or the thing was removed.', back: 'To the overview' },

  overview: {
    title: (n: string, all: string, target: string) => `${n} of ${all} access points ${n === '1' ? 'meets' : 'meet'} ${target}`,
    ownTarget: 'the target',
    noVerdict: 'None has a verdict yet.',
    verdicts: (percent: string, n: string) => `${percent} of the ${n} with a verdict now.`,
    average: (mean: string, n: string) => `Average of the last valid tests ${mean} (n = ${n}).`,
    noAverage: 'No valid test yet, so no average.',
    states: 'Access points by state',
    attention: 'Needs attention', attentionCount: (n: number) => ({ one: '{n} access point', other: '{n} access points' })[n === 1 ? 'one' : 'other'].replace('{n}', String(n)),
    worstFirst: 'worst first', allAlerts: 'All alerts', nobody: 'Nobody yet', hasIt: (who: string) => `${who} has it`,
    fine: 'Nothing needs attention', fineText: 'Every access point with a verdict meets its target.', more: (n: number) => `${n} more in the list of sites`,
    changes: 'Last changes', noChanges: 'No change is known yet.', changed: { meets: 'meets the target', below: 'fell below', offline: 'went offline', nodata: 'has no data', maint: 'in maintenance' } satisfies Record<ApState, string>,
    measured: 'Measured now', measuredBy: 'newest sample of each probe', where: 'Where', byRegion: 'share that meets the target, by region', region: 'Region', share: 'Meets',
    noRegion: 'No region', of: (n: string, all: string) => `${n} of ${all}`,
    empty: 'No sites yet', emptyText: 'Connect the first probe, or import the list of your libraries.', connect: 'Connect a probe', importTable: 'Import a table',
    carrel: 'About Carrel itself',
  },
  sites: {
    title: 'Sites', titleIn: (region: string) => `Sites in ${region}`,
    summary: (shown: string, all: string, states: string) => `${shown} of ${all} access points. ${states}`,
    counts: { meets: (n: string) => `${n} meet the target`, below: (n: string) => `${n} below`, offline: (n: string) => `${n} offline`, nodata: (n: string) => `${n} no data`, maint: (n: string) => `${n} maintenance` },
    add: 'Add sites', filters: 'Filters', clear: ', remove filter', region: 'Region', allRegions: 'All regions', searched: (q: string) => `Search: ${q}`,
    moved: (n: number) => (n === 1 ? '1 row moved' : `${n} rows moved`), sortAgain: 'Sort again',
    caption: (sorted: string, n: string) => `Access points, sorted by ${sorted}. ${n} rows; values change as they are measured, rows hold still under pointer and focus.`,
    descending: 'highest first', ascending: 'lowest first',
    columns: { state: 'State', name: 'Site', down: 'Down', rx: 'In', tx: 'Out', rtt: 'Round trip', cpu: 'CPU', clients: 'Devices', seen: 'Last heard', isp: 'Provider' } satisfies Record<SortKey, string>,
    tested: 'Tested', metered: 'metered', none: 'No site matches', noneText: 'Remove a filter, or search for another word.', removeFilters: 'Remove filters',
    foot: ['Down: the last valid test, at the time beside it', 'In, out, round trip, CPU, devices: newest sample'],
  },
  site: {
    crumbs: 'Breadcrumb', gone: 'No such site', goneText: 'It is not in the registry, or you may not see it.', since: (at: string, age: string) => `since ${at}, ${age}`,
    accessPoints: 'Access points', copyLink: 'Copy link', copied: 'Copied', testNow: 'Test now', testCost: `up to 40${NB}MB`, acknowledge: 'Acknowledge', incident: (id: number) => `Incident ${id}`,
    testAsked: 'The probe has been asked. The result appears under Tests.',
    why: 'Why we say so', noReason: 'Nothing speaks against this access point.',
    rule: { slow: 'Is it too slow?', dark: 'Is it dark?' } satisfies Record<AlertExplanation['rules'][number]['rule'], string>,
    condition: { ok: 'no', suspect: 'perhaps, not confirmed', firing: 'yes', unknown: 'unknown' } satisfies Record<AlertExplanation['rules'][number]['condition'], string>,
    scale: (rates: string, target: string) => `Scale in Mb/s. Tests at ${rates}. Target ${target}.`,
    facts: 'Access point', target: 'Target', targetDown: (target: string) => `${target} down`, contract: 'Contract', provider: 'Provider', open: 'Open', today: 'Now', closesIn: (age: string) => `open, closes in ${age}`, opensIn: (age: string) => `closed, opens in ${age}`, closed: 'closed', openNow: 'open', probe: 'Probe', noProbe: 'none yet',
    lastSample: 'Last sample', lastTest: 'Last valid test', zone: 'Time zone', devices: 'Patron devices now', notes: 'Notes', online: 'connected', offline: 'not connected', metered: 'Metered line', yes: 'yes',
    range: 'Range', ranges: { '1h': `1${NB}h`, '24h': `24${NB}h`, '7d': `7${NB}d`, '30d': `30${NB}d` },
    throughput: 'Download throughput', throughputSummary: (share: string, n: string, below: number) => `${share} of ${n} tests reached the target; ${below} did not`,
    throughputNone: 'No test with a verdict in this range', couldNotTell: (n: number) => `${n} more could not tell`,
    targetLine: (target: string) => `Target ${target}`, noData: 'No data', zoneTimes: (zone: string) => `${zone} time`,
    legend: { passed: 'a test that passed', failed: 'a test that failed', closed: 'closed', missing: 'no data', mean: 'mean', band: 'lowest to highest' },
    rtt: 'Round-trip time', wan: 'WAN traffic', wanIn: 'in', wanOut: 'out', cpu: 'CPU of the probe', use: 'Patron devices', useNote: 'counts only, nobody is identified',
    range_: (low: string, high: string) => `${low} to ${high}`, chartSentence: (what: string, from: string, to: string, mean: string, low: string, high: string, unit: string) => `${what}, ${from} to ${to}: mean ${mean}, between ${low} and ${high} ${unit}.`,
    chartEmpty: (what: string) => `${what}: no data in this range.`, keys: 'Arrow keys step through the values.', showTable: 'Show as table', time: 'Time', low: 'Lowest', mean: 'Mean', high: 'Highest', samples: 'Samples', tests: 'Tests', each: 'each with its evidence',
    columns: { verdict: 'Verdict', down: 'Down', others: 'Others', method: 'Method', cost: 'Cost', note: 'Note' }, noTests: 'No tests in this range', noTestsText: 'Tests run in opening hours, or when somebody asks for one.',
    all: (n: string) => `All ${n}`,
    data: 'Data used by monitoring', dataOf: (range: string) => `last ${range}`, dataTests: (n: string) => `${n} tests`, dataRest: 'Samples and state',
    ackFor: 'Acknowledge for', ackUntil: (at: string) => `until ${at}`,
  },
  alerts: {
    title: (n: number) => (n === 0 ? 'No incident needs action' : n === 1 ? '1 incident needs action' : `${n} incidents need action`),
    summary: (open: number, acked: number) => `${open} open, ${acked} acknowledged. Silent probes outside opening hours are unknown, not down, and page nobody.`,
    lists: 'Alert lists', group: { open: 'Needs action', acknowledged: 'Somebody has it', closed: 'Closed' }, incidents: (n: number) => (n === 1 ? '1 incident' : `${n} incidents`), open: 'Open', acknowledged: 'Acknowledged', closed: 'Closed', none: { open: 'No open incident', acknowledged: 'Nothing is acknowledged', closed: 'No closed incident yet' },
    noneText: { open: 'When an access point falls below its target or goes dark, it stands here with the reasons.', acknowledged: 'What somebody has taken on stands here until it ends.', closed: 'Incidents stay here after they end.' },
    rule: { slow: 'Below target', dark: 'Offline' }, severity: { ticket: 'It can wait for working hours', page: 'Needs somebody now' },
    since: (at: string, age: string) => `Since ${at}, ${age}.`, lasted: (from: string, to: string, age: string) => `${from} to ${to}, ${age}.`, id: (id: number) => `Incident ${id}.`, saw: 'What we saw', reasons: 'Why', told: 'Told', toldNobody: 'Nobody has been told: no mail or webhook is set up, or it waits.',
    ackBy: (who: string, until: string) => `${who} has it until ${until}`, more: 'Load more', select: 'Choose an incident to see its reasons', toSite: 'Open the site',
    hours: (n: number) => (n === 1 ? '1 hour' : `${n} hours`), fired: 'Incident opened', resolved: 'Resolved', acked: (who: string) => `${who} acknowledged it`,
    channel: { email: 'Mail', webhook: 'Webhook' } satisfies Record<DeliveryView['channel'], string>, kind: { firing: '', resolved: ' that it ended' } satisfies Record<DeliveryView['kind'], string>,
    delivery: { waiting: 'waits', sent: 'sent', failed: 'failed', expired: 'given up' } satisfies Record<DeliveryView['state'], string>, attempts: (n: number) => (n > 1 ? ` after ${n} tries` : ''), to: 'to',
  },
  settings: {
    title: 'Settings', text: 'Sites, probes and who is told.', sites: 'Add a library', probes: 'Probes', import: 'Import a table', channels: 'Who is told', people: 'People', readOnly: 'You may look, but not change. Ask an administrator.',
    name: 'Name', id: 'Id', idHint: 'Small letters, digits and dashes. Stays for ever.', region: 'Region', isp: 'Provider', zone: 'Time zone', opening: 'Open', openingHint: 'Such as Mon-Fri 10:00-18:00; Sat 10:00-15:00. The target is judged, and people are woken, only in these hours.',
    contract: 'Contract, Mb/s down', contractHint: 'Empty when not known', metered: 'The line is metered', notes: 'Notes', target: 'Target, Mb/s', create: 'Add the library', created: (name: string) => `${name} is added. Connect its probe next.`,
    probeFor: 'Access point', probeId: 'Probe’s id', makeProbe: 'Make a credential', once: 'Shown once', onceText: 'Run this on the probe as root. Who has this text can send data as this probe: do not keep it elsewhere.', run: 'Run on the device', orFile: 'Or put this file on it', copy: 'Copy', copied: 'Copied', noSites: 'Add a library first.',
    probe: 'Probe', watches: 'Watches', admitted: 'Admitted', revoked: 'Revoked', heard: 'Last heard', revoke: 'Revoke', revokeSure: (id: string) => `Revoke ${id}? It is cut off at once and has to be set up again.`, noProbes: 'No probes yet', unbound: 'nothing',
    file: 'CSV file', fileHint: 'UTF-8, UTF-16 or windows-1257; separated by comma, semicolon or tab; the first line names the columns.', columnsHint: 'id, name, region, isp, zone, opening, contract_mbps, metered, lat, lon', paste: 'Or paste the table', preview: 'Preview', importNow: 'Import', imported: 'Imported', previewed: 'Preview: nothing has been changed yet',
    report: (created: number, updated: number, refused: number) => `${created} to create, ${updated} to update, ${refused} refused`, done: (created: number, updated: number, refused: number) => `${created} created, ${updated} updated, ${refused} refused`, readAs: (encoding: string, separator: string) => `Read as ${encoding}, separated by ${separator}.`, separators: { ',': 'comma', ';': 'semicolon', '\t': 'tab' },
    line: 'Line', outcome: 'Outcome', messages: 'Remarks', outcomes: { created: 'Create', updated: 'Update', refused: 'Refused' },
    channelsOk: 'Carrel reports no trouble with itself: every channel that is set up works.', channelsHow: 'Mail and webhooks are set by CARREL_SMTP, CARREL_ONCALL and CARREL_WEBHOOKS when the server starts.', cancel: 'Cancel',
    export: 'All sites as CSV', linesShown: (n: string, all: string) => `The first ${n} of ${all} lines`, role: 'Role', roles: { viewer: 'Viewer', operator: 'Operator', administrator: 'Administrator' }, remove: 'Remove', removeSure: (name: string) => `Remove ${name}? Sessions and tokens end at once.`, you: 'you', addPerson: 'Add the person',
  },
  hours: { notSet: 'hours not set', always: 'always', and: 'and', span: (a: string, b: string) => `${a} to ${b}` },
  keys: {
    title: 'Keyboard', close: 'Close', off: 'Single-letter shortcuts are on', list: [
      ['/', 'search'], ['g o', 'overview'], ['g s', 'sites'], ['g a', 'alerts'], ['g t', 'settings'], ['j  k', 'next, previous row'], ['Enter', 'open the row'], ['d', 'theme'], ['?', 'this list'],
    ] satisfies [string, string][],
  },
};

export type Words = typeof en;
/** The catalogue in use. */
export const words: Words = en;
