import { describe, expect, test } from 'vitest';
import type { AlertView } from '#contract';
import { type MessageInput, messageOf, webhookBody } from '../../dashboard/notify/message.ts';
import { NOON } from '../alert/tests.ts';
import { site, slowAlert } from './cases.ts';

const input: MessageInput = {
  kind: 'firing',
  alert: slowAlert,
  site,
  targetMbps: 30,
  publicUrl: 'https://carrel.example',
};

describe('what the person on call reads', () => {
  test('about a slow line: where, how much, since when, each test, what to do, and the link', () => {
    expect(messageOf(input).text).toBe(`Below 30 Mb/s: Zarasų r. Antazavės biblioteka, 11.5 Mb/s

Site: Zarasų r. Antazavės biblioteka, Utena
Provider: Ryšys Plius
Measured: 11.5 Mb/s at 14:23, 4 tests below the target of 30 Mb/s
Contract: 50 Mb/s
Since: Thu 19 Nov 2026, 14:00 (Europe/Vilnius)

Why we say so
- 3 of the last 3 valid tests in opening hours were below 30 Mb/s: 11.2 Mb/s at 14:00, 12.0 Mb/s at 14:10, 11.9 Mb/s at 14:20.
- Confirmed by a retest at 14:23: 11.5 Mb/s.

Tests
- Thu 19 Nov 2026, 14:00: 11.2 Mb/s, below, tcp download, others' traffic 1.2 Mb/s
- Thu 19 Nov 2026, 14:10: 12.0 Mb/s, below, tcp download, others' traffic unknown
- Thu 19 Nov 2026, 14:20: 11.9 Mb/s, below, tcp download, others' traffic 1.2 Mb/s
- Thu 19 Nov 2026, 14:23: 11.5 Mb/s, below, tcp download, others' traffic 1.2 Mb/s, retest

What to do next
- Call Ryšys Plius with the tests above; what others used at the time is counted in.
- Acknowledge it, so that others know you have it. It can wait until working hours.

https://carrel.example/alerts/7
`);
  });
  test('about a line that promises less than the target: that the provider may be right', () => {
    expect(messageOf({ ...input, site: { ...site, contract_mbps: 20 } }).text).toContain(
      'The contract promises less than the target (20 Mb/s)',
    );
  });
  test('about a line whose other traffic the probe cannot see: that it cannot', () => {
    const evidence = slowAlert.evidence.map((one) => ({ ...one, other_mbps: null }));
    const { text } = messageOf({ ...input, alert: { ...slowAlert, evidence } });
    expect(text).toContain('the probe could not see what others used at the time.');
    expect(text).not.toContain('is counted in');
  });
  test('about a dark library: ask for power first', () => {
    const dark: AlertView = {
      ...slowAlert,
      rule: 'dark',
      severity: 'page',
      title: `Offline: ${site.name}`,
      evidence: [],
      reasons: ['No sign of life for 5 min in opening hours; the limit is 5 min.'],
    };
    const { title, text } = messageOf({ ...input, alert: dark });
    expect(title).toBe('Offline: Zarasų r. Antazavės biblioteka');
    expect(text).toContain('Ask the library whether it has power');
    expect(text).not.toContain('Tests\n');
  });
  test('when it is over: until when and how long', () => {
    const { title, text } = messageOf({
      ...input,
      kind: 'resolved',
      alert: { ...slowAlert, condition: 'resolved', resolved_at: NOON + 130 * 60_000 },
    });
    expect(title).toBe('Resolved: Below 30 Mb/s: Zarasų r. Antazavės biblioteka, 11.5 Mb/s');
    expect(text).toContain('Until: Thu 19 Nov 2026, 16:10, after 2 h 10 min');
    expect(text).toContain('Nothing to do.');
  });
  test('names in HTML are text, never markup', () => {
    const { html } = messageOf({
      ...input,
      alert: { ...slowAlert, title: '<img src=x onerror=alert(1)>' },
      site: { ...site, name: '"><script>' },
    });
    expect(html).not.toMatch(/<img|<script/);
    expect(html).toContain('&#60;script&#62;');
  });
  test('a line break in a name ends no header', () => {
    expect(messageOf({ ...input, alert: { ...slowAlert, title: 'a\r\nBcc: all@example\u2028b' } }).title).toBe(
      'a Bcc: all@example b',
    );
  });
  test('the webhook body carries the same as data', () => {
    expect(webhookBody(input, messageOf(input))).toMatchObject({
      version: 1,
      kind: 'firing',
      id: 7,
      rule: 'slow',
      severity: 'ticket',
      access_point: 'antazave',
      target_mbps: 30,
      link: 'https://carrel.example/alerts/7',
      since: NOON,
    });
  });
});
