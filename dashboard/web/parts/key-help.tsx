/** Why: who presses a question mark wants the list of keys over what they look at. */
import { useEffect, useRef } from 'preact/hooks';
import { helpOpen } from '../keys.ts';
import { keysWords as k } from '../words-keys.ts';
import { KeyList } from './key-list.tsx';

/** Open as long as it is shown. */
export function KeyHelp() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const close = () => {
    helpOpen.value = false;
  };
  return (
    <dialog class="help" ref={dialog} aria-labelledby="h-keys" onClose={close}>
      <h2 id="h-keys">{k.title}</h2>
      <KeyList />
      <div class="acts">
        <button class="btn go" type="button" onClick={() => dialog.current?.close()}>
          {k.close}
        </button>
      </div>
    </dialog>
  );
}
