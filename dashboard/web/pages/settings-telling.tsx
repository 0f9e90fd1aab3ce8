/** Why: everything about who is told stands together: channels, people, rotations, policies, from the way out to the one who is called. */
import type { ChannelView, Page, RotationView } from '#contract';
import { useLoad } from '../load.ts';
import { Callees } from './settings-callees.tsx';
import { ChannelSettings } from './settings-channels.tsx';
import { Policies } from './settings-policies.tsx';
import { Rotations } from './settings-rotations.tsx';

export function Telling() {
  const channels = useLoad<Page<ChannelView>>('/channels');
  const rotations = useLoad<Page<RotationView>>('/on-call/rotations');
  return (
    <>
      <div class="grid two">
        <ChannelSettings channels={channels} />
        <Callees channels={channels} />
      </div>
      <div class="grid two">
        <Rotations rotations={rotations} />
        <Policies channels={channels} rotations={rotations} />
      </div>
    </>
  );
}
