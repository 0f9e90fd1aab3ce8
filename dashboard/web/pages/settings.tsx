/** Why: everything that somebody sets up: libraries, probes, a whole table at once, who is told, and people. */
import { useEffect } from 'preact/hooks';
import { mayAdminister, mayAudit, mayOperate } from '../parts/ack.tsx';
import { Waiting } from '../parts/answers.tsx';
import { Head } from '../parts/head.tsx';
import { lazy } from '../parts/lazy.tsx';
import { Mark, Panel } from '../parts/marks.tsx';
import { place } from '../router.ts';
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

export function Settings() {
  const loaded = ready.value;
  // A link such as /settings#import leads to its section once that is drawn.
  useEffect(() => {
    if (loaded && location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [loaded, place.value]);
  return (
    <>
      <Head title={w.title} under={<p>{mayAdminister() ? w.text : w.readOnly}</p>} />
      {loaded ? (
        <div class="grid">
          {mayAdminister() ? (
            <div class="grid two" id="add">
              <AddSite />
              <Probes />
            </div>
          ) : (
            <Probes />
          )}
          {mayAdminister() ? <ImportTable /> : null}
          {mayAdminister() ? (
            <div class="grid two">
              <People />
              <Tokens />
            </div>
          ) : null}
          {mayAdminister() ? <Telling /> : null}
          {mayAdminister() ? <Rules /> : null}
          <Calendar />
          <div class="grid two">
            <div class="grid">
              <You />
              <Devices />
              <Sessions />
            </div>
            <Health />
          </div>
          <div class="grid two">
            <MapLayers />
            {mayAdminister() ? <Screens /> : null}
          </div>
          {mayAudit() ? <AuditTrail /> : null}
          {mayOperate() ? <Quarantine /> : null}
        </div>
      ) : (
        <div class="panel">
          <Waiting what={words.what.page} />
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
