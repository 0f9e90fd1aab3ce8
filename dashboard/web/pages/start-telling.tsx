/** Why: the last step of setting up: who is told, and a test that shows that it arrives. */
import type { ChannelView, Page } from '#contract';
import { useLoad } from '../load.ts';
import { hrefOf } from '../router.ts';
import { startWords } from '../words-start.ts';
import { ChannelSettings } from './settings-channels.tsx';
import { Devices } from './settings-device.tsx';

const w = startWords.telling;

export function StartTelling() {
  const channels = useLoad<Page<ChannelView>>('/channels');
  return (
    <>
      <div class="grid setup-grid">
        <ChannelSettings channels={channels} />
        <Devices />
      </div>
      <p class="q start-more">
        {w.more} <a href={hrefOf('/settings', { part: 'telling' })}>{w.moreLink}</a>.
      </p>
      <div class="panel">
        <div class="foot-acts">
          <a class="btn bare" href={hrefOf('/start', { step: 2 })}>
            {startWords.back}
          </a>
          <span class="end q">{startWords.changeable}</span>
          <a class="btn go" href="/">
            {startWords.finish}
          </a>
        </div>
      </div>
    </>
  );
}
