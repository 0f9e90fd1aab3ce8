/** Why: the keys that move the page stand at an address of their own too, for who cannot press one of them. */
import { Head } from '../parts/head.tsx';
import { KeyList } from '../parts/key-list.tsx';
import { keysWords as w } from '../words-keys.ts';

export function Help() {
  return (
    <>
      <Head title={w.title} />
      <div class="panel pad keys">
        <KeyList />
      </div>
    </>
  );
}
