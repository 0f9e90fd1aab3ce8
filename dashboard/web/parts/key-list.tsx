/** Why: the same list of keys in the dialog and on its page, with the switch that turns the letters off (WCAG 2.1.4). */
import { letters, setLetters } from '../keys.ts';
import { keysWords as k } from '../words-keys.ts';

export const KeyList = () => (
  <>
    <dl class="facts">
      {k.list.map(([key, does]) => [
        <dt key={key}>
          <kbd>{key}</kbd>
        </dt>,
        <dd key={`${key}-d`}>{does}</dd>,
      ])}
    </dl>
    <label class="tick">
      <input type="checkbox" checked={letters.value} onChange={(event) => setLetters(event.currentTarget.checked)} />
      {k.off}
    </label>
  </>
);
