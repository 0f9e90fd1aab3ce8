/** Why: everything that somebody sets up, a page for each kind of it; which one is open stands in the address. */
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { Empty } from '../parts/answers.tsx';
import { Beginning } from '../parts/beginning.tsx';
import { Head } from '../parts/head.tsx';
import { lazy } from '../parts/lazy.tsx';
import { Mark, Panel } from '../parts/marks.tsx';
import { mayAdminister, mayAudit, mayOperate } from '../rights.ts';
import { hrefOf, place } from '../router.ts';
import { live, ready } from '../store.ts';
import { words } from '../words.ts';
import { settingsWords } from '../words-settings.ts';
import { AuditTrail } from './settings-audit.tsx';
import { ImportTable } from './settings-import.tsx';
import { People } from './settings-people.tsx';
import { Probes } from './settings-probes.tsx';
import { Quarantine } from './settings-quarantine.tsx';
import { Sessions } from './settings-sessions.tsx';
import { AddSite } from './settings-site.tsx';
import { Telling } from './settings-telling.tsx';
import { Tokens } from './settings-tokens.tsx';
import { You } from './settings-you.tsx';

const Screens = lazy<object>(() => import('./settings-screens.tsx').then((module) => module.Screens));
const MapLayers = lazy<object>(() => import('./settings-map.tsx').then((module) => module.MapLayers));
const Calendar = lazy<object>(() => import('./settings-calendar.tsx').then((module) => module.Calendar));
const Devices = lazy<object>(() => import('./settings-device.tsx').then((module) => module.Devices));
const Rules = lazy<object>(() => import('./settings-rules.tsx').then((module) => module.Rules));
const w = settingsWords;

type Part = keyof typeof w.parts;
const PARTS: Record<Part, { may: () => boolean; draw: () => ComponentChildren }> = {
  sites: {
    may: () => true,
    draw: () =>
      mayAdminister() ? (
        <>
          <div class="grid two" id="add">
            <AddSite />
            <Probes />
          </div>
          <ImportTable />
        </>
      ) : (
        <Probes />
      ),
  },
  people: {
    may: mayAdminister,
    draw: () => (
      <div class="grid two">
        <People />
        <Tokens />
      </div>
    ),
  },
  telling: { may: mayAdminister, draw: () => <Telling /> },
  rules: { may: mayAdminister, draw: () => <Rules /> },
  calendar: { may: () => true, draw: () => <Calendar /> },
  screens: {
    may: () => true,
    draw: () => (
      <div class="grid two">
        <MapLayers />
        {mayAdminister() ? <Screens /> : null}
      </div>
    ),
  },
  server: {
    may: () => true,
    draw: () => (
      <>
        <Health />
        {mayOperate() ? <Quarantine /> : null}
        {mayAudit() ? <AuditTrail /> : null}
      </>
    ),
  },
  you: {
    may: () => true,
    draw: () => (
      <div class="grid two">
        <You />
        <div class="grid">
          <Devices />
          <Sessions />
        </div>
      </div>
    ),
  },
};

export function Settings() {
  const loaded = ready.value;
  const { query } = place.value;
  const allowed = (Object.keys(PARTS) as Part[]).filter((part) => PARTS[part].may());
  const asked = (Object.keys(PARTS) as Part[]).find((part) => part === query.get('part'));
  const open = asked ?? 'sites';
  // A link such as /settings#import leads to its section once that is drawn.
  useEffect(() => {
    if (loaded && location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [loaded, place.value]);
  return (
    <>
      <Head title={`${w.title}: ${w.parts[open]}`} under={mayAdminister() ? null : <p>{w.readOnly}</p>} />
      <nav class="tabs below-head wraps" aria-label={w.title}>
        {allowed.map((part) => (
          <a
            key={part}
            href={hrefOf('/settings', { part: part === 'sites' ? null : part })}
            {...(part === open ? { 'aria-current': 'page' as const } : {})}
          >
            {w.parts[part]}
          </a>
        ))}
      </nav>
      {loaded && !allowed.includes(open) ? (
        <div class="panel">
          <Empty title={w.notYours} text={w.readOnly} />
        </div>
      ) : loaded ? (
        <div class="grid settings" key={open}>
          {PARTS[open].draw()}
        </div>
      ) : (
        <div class="panel">
          <Beginning what={words.what.page} />
        </div>
      )}
    </>
  );
}

/** What is wrong with Carrel itself, in words. */
function Health() {
  const notices = live.value.health;
  return (
    <Panel title={w.channels} id="health">
      <div class="pad grid tight">
        {notices.length === 0 ? (
          <p>{w.channelsOk}</p>
        ) : (
          notices.map(({ code, severity, text }) => (
            <p key={code} class="line-note">
              <Mark state={severity === 'critical' ? 'offline' : severity === 'warning' ? 'below' : 'nodata'} />
              <span>{text}</span>
            </p>
          ))
        )}
      </div>
    </Panel>
  );
}
