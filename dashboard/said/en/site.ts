/** Why: what is said in English of a site, its probe and those around it. */
import type { Speech } from '../format.ts';
import type { Catalogue } from '../say.ts';
import type { Fault, GroupKey, SiteSayings } from '../sayings-site.ts';
import { RULE_NAMES } from './rule-names.ts';

export const enSite: Catalogue<SiteSayings> = {
  'dark.title': ({ place }) => `Offline: ${place}`,
  'dark.no_probe': () => 'No admitted probe judges this access point.',
  'dark.probe_gone': () => 'No admitted probe judges this access point any more.',
  'dark.never': () => 'Its probe has never been seen: unknown, not dark.',
  'dark.last_sign': ({ at, ms, connection }, s) =>
    `Last sign of life ${s.dateTime(at)}, ${s.duration(ms)} ago; ${CONNECTION[connection]}.`,
  'dark.so_far': ({ limit, silence }, s) =>
    `Dark after ${s.duration(limit)} of silence in opening hours; so far ${s.duration(silence)}.`,
  'dark.closed': () => 'Closed now: silence counts in opening hours only.',
  'dark.grace': ({ at }, s) => `The server has watched too briefly to call it dark; it will know at ${s.time(at)}.`,
  'dark.silent': ({ silence, limit }, s) =>
    `No sign of life for ${s.duration(silence)} in opening hours; the limit is ${s.duration(limit)}.`,
  'dark.ends_when': () => 'It ends when its frames come again.',
  'dark.ended': ({ at, silent }, s) =>
    `Its frames come again since ${s.time(at)}${silent === null ? '' : ` after ${s.duration(silent)} of silence`}.`,
  'dark.rule': ({ after }, s) =>
    `It fires after ${s.duration(after)} without a sign of life in opening hours, and ends when frames come again.`,

  'cause.power': ({ samples, expected }) =>
    `The probe itself was off: it started again, and stored ${samples} of about ${expected} samples of that time. The power failed, or somebody switched it off.`,
  'cause.agent': () => 'The device ran on, but our agent on it did not; it started again.',
  'cause.waiting': () => 'What the probe stored meanwhile has not arrived yet.',
  'cause.worked': ({ working, samples }) =>
    `The probe had working internet all the time (${working} of ${samples} samples): our server or the way to it was not reachable.`,
  'cause.lan': (share, s) => `The probe had no link: its cable, port or switch (${part(share, s)}).`,
  'cause.access_line': (share, s) =>
    `The link stood and the gateway did not answer: the router or the access line (${part(share, s)}).`,
  'cause.names': (share, s) =>
    `The gateway answered and names were not resolved: beyond the access line, at the provider (${part(share, s)}).`,
  'cause.internet': (share, s) =>
    `The gateway answered and the internet did not: beyond the access line, at the provider (${part(share, s)}).`,
  'cause.server': (share, s) => `The internet answered and our server did not (${part(share, s)}).`,

  'group.title': ({ trouble, n, of, key }) =>
    `${trouble === 'dark' ? 'Offline' : 'Low tests'}: ${n} of ${of} access points${whose(key)}`,
  'group.begun': ({ n, of, key, since }, s) =>
    `${n} of ${of} access points${whose(key)} are in trouble since ${s.dateTime(since)}, and hardly any other: ${cause(key)}.`,
  'group.covers': () =>
    'Each of them is judged all the same; nobody is told of one of them while this lasts. Who is still in trouble when it ends becomes an incident of its own.',
  'group.recovered': ({ n, of }) => `${n} of ${of} have recovered.`,
  'group.ends_when': () => 'It ends when at most a tenth of them remain.',

  'device.title': ({ place, faults }, s) => `Probe in trouble: ${place}, ${all(faults, s)}`,
  'device.lasts': ({ faults, ms }, s) => `${all(faults, s)} for ${s.duration(ms)} or longer.`,
  'device.effect': () => 'It may stop measuring, or measure wrongly.',
  'quality.title': ({ place, faults }, s) => `Poor quality: ${place}, ${all(faults, s)}`,
  'quality.lasts': ({ faults, ms }, s) => `${all(faults, s)}, in opening hours, for ${s.duration(ms)} or longer.`,
  'quality.effect': () => 'Pages load slowly and calls break up, whatever the speed.',
  'budget.title': ({ place }) => `Data budget spent: ${place}`,
  'budget.spent': ({ at }, s) =>
    `The month's data for tests is spent (told at ${s.dateTime(at)}): nothing is measured until the next month, so a slow line would not be noticed.`,
  'budget.advice': () => 'Raise the budget of the site, or have it tested less often.',
  'weak.title': ({ place }) => `Probe too weak: ${place}`,
  'weak.limited': ({ faults }, s) =>
    `${all(faults, s)} were limited by the probe's own processor or port, not by the line: it cannot measure the target. A pass from it still counts.`,
  'silent.title': ({ place }) => `No measurements: ${place}`,
  'silent.no_valid': ({ since }, s) =>
    `Its probe is connected, but brought no valid test ${since === null ? 'for long' : `since ${s.dateTime(since)}`} in opening hours.`,
  'cloned.title': ({ place }) => `Cloned probe: ${place}`,
  'cloned.both': ({ probe }) =>
    `Two devices use the identity ${probe}. Their results mix, and they throw each other out. Give one of them a credential of its own.`,
  'outdated.title': ({ place }) => `Old agent: ${place}`,
  'outdated.agent': ({ faults, current }, s) =>
    `Its agent is ${all(faults, s)}; this server hands out ${current}. Run the installation command again.`,
  'clock.title': ({ place, faults }, s) => `Wrong clock: ${place}, ${all(faults, s)}`,
  'clock.skew': ({ faults }, s) =>
    `The probe's clock is ${all(faults, s)}. Its results are stamped with corrected times where that is possible; certificates may be refused.`,
  'database.title': ({ name }) => `Database refuses: ${name}`,
  'database.refuses': ({ name, ms, faults }, s) =>
    `${name} takes nothing for ${s.duration(ms)} or longer: ${all(faults, s)}.`,
  'database.effect': () => 'Nothing is lost while the log has room; alerts go on. Reports and charts stand still.',
  'server.title': ({ server }) => `Test server in trouble: ${server}`,
  'server.low': ({ faults }, s) =>
    `${all(faults, s)} against it in half an hour, and well against others. Low results from it are not counted against the lines.`,
  'any.title': ({ rule, place }) => `${RULE_NAMES[rule]}: ${place}`,
  'any.over': () => 'It is not so any more.',
  'any.well': () => 'All is well.',
  'any.so': ({ faults, since }, s) =>
    `${faults.length === 0 ? 'It is so' : all(faults, s)}${since === null ? '' : ` since ${s.dateTime(since)}`}.`,
  'any.unregistered': () => 'It is no longer in the registry.',
  'any.declared_over': ({ who }) => `${who} declared it over.`,

  'site.closed_today': ({ why }) => `Closed today${why ? `: ${why}` : ''}. Nothing is judged, and nobody is called.`,
  'site.holiday': ({ name, provisional }) =>
    `Closed today: ${name}${provisional ? ' (by calculation; may be announced a day off)' : ''}. Nothing is judged, and nobody is called.`,
  'site.no_hours': () => 'This site has no opening hours, so nothing is judged here; set them to be alerted.',
  'held.silenced': () => 'It is silenced: nobody is told until the silence ends; it is judged all the same.',
  'held.maintenance': () => 'Maintenance is planned for this time: nobody is told until it ends.',
  'held.inhibited': ({ incident }) =>
    `It is part of a larger incident${incident === null ? '' : ` (${incident})`}: that one is told.`,
  'held.gathering': () => 'Others are in trouble too: whether it is one cause is being found out.',
  'held.settling': ({ at }, s) =>
    `The larger incident ended at ${s.dateTime(at)}: it is told if it lasts half an hour more.`,
  'held.told': () => 'It was told.',
  'held.flapping': () => 'It came and went four times in a day: it goes into the daily summary until a day was quiet.',
  'held.chronic': () => 'It lasts for more than 14 days: it goes into the daily summary.',
  'overlay.silenced': () => 'silenced',
  'overlay.maintenance': () => 'maintenance',
  'overlay.inhibited': () => 'inhibited',
  'overlay.closed': () => 'closed hours',
  'overlay.acknowledged': () => 'acknowledged',
  'overlay.flapping': () => 'flapping',
  'overlay.chronic': () => 'chronic',
  'timer.retest': () => 'retest',
  'timer.too_old': () => 'evidence too old to call anybody',
  'timer.settling': () => 'settling after a larger incident',
  'timer.grace': () => 'grace after a start',
};

const CONNECTION = {
  stands: 'its connection stands',
  broke: 'its connection broke',
  closed: 'its connection is closed',
};

function all(faults: readonly Fault[], s: Speech): string {
  return faults.map((one) => fault(one, s)).join(', ');
}

function fault(one: Fault, s: Speech): string {
  switch (one.kind) {
    case 'hot':
      return `${one.celsius} °C hot`;
    case 'disk':
      return `disk ${one.percent} % full`;
    case 'memory':
      return `memory ${one.percent} % full`;
    case 'voltage':
      return 'too little voltage';
    case 'loss':
      return `${s.number(one.percent)} % of connections lost`;
    case 'rtt':
      return `${one.ms} ms to the internet`;
    case 'skew':
      return `${s.duration(Math.abs(one.ms))} ${one.ms > 0 ? 'fast' : 'slow'}`;
    case 'weak_tests':
      return `${one.n} tests in a row`;
    case 'agent':
      return one.version;
    case 'low_sites':
      return `${one.low} of ${one.sites} sites low`;
    case 'refused':
      return one.error;
    case 'text':
      return one.text;
  }
}

function part({ seen, samples, ms }: { seen: number; samples: number; ms: number }, s: Speech): string {
  return `${seen} of ${samples} samples, over ${s.duration(ms)}`;
}

function whose({ kind, name }: GroupKey): string {
  return { isp: ` of ${name}`, region: ` in ${name}`, server: ` that test against ${name}`, uplink: '' }[kind];
}

function cause({ kind, name }: GroupKey): string {
  return {
    isp: `one cause at ${name}`,
    region: `one cause in ${name}`,
    server: `the test server ${name}`,
    uplink: 'everything vanished within two minutes, so it is our own line or server',
  }[kind];
}
