/** Why: programs come in by tokens with a role; a token is shown once and can be cut off at once. */
import { useState } from 'preact/hooks';
import { type Page, ROLES, type Role, SCOPED } from '#contract';
import { ApiError, ask, post } from '../api.ts';
import { moment } from '../format.ts';
import { useLoad } from '../load.ts';
import { Failed, Refusal, Waiting } from '../parts/answers.tsx';
import { Command } from '../parts/copy.tsx';
import { Field, Select, textsOf } from '../parts/field.tsx';
import { Panel } from '../parts/marks.tsx';
import { commonZone, serverNow } from '../store.ts';
import { manage } from '../words-manage.ts';
import { settingsWords } from '../words-settings.ts';

const w = manage.tokens;
interface Token {
  id: number;
  name: string;
  role: Role;
  user: string;
  created_at: number;
  revoked_at: number | null;
}
type Fresh = Pick<Token, 'id' | 'name'> & { token: string };

export function Tokens() {
  const tokens = useLoad<Page<Token>>('/tokens');
  const [fresh, setFresh] = useState<Fresh | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const act = async (work: () => Promise<Fresh | null>) => {
    try {
      setFresh(await work());
      setError(null);
      tokens.again();
      return true;
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      setError(refused);
      return false;
    }
  };
  const create = async (form: HTMLFormElement) => {
    const { name = '', role = '' } = textsOf(form);
    if (await act(() => post<Fresh>('/tokens', { name, role }))) form.reset();
  };
  const revoke = ({ id, name }: Token) => {
    if (confirm(w.revokeSure(name))) void act(() => ask('DELETE', `/tokens/${id}`).then(() => null));
  };
  const valid = tokens.value?.items.filter((token) => token.revoked_at === null) ?? [];
  return (
    <Panel title={w.title} id="h-tokens">
      {!tokens.value ? (
        tokens.problem ? (
          <Failed what={w.title} problem={tokens.problem} again={tokens.again} />
        ) : (
          <Waiting what={w.title} />
        )
      ) : valid.length === 0 ? (
        <p class="pad q">{w.none}</p>
      ) : (
        <Known tokens={valid} revoke={revoke} />
      )}
      {fresh ? <Once fresh={fresh} /> : null}
      <form
        class="ruled"
        onSubmit={(event) => {
          event.preventDefault();
          void create(event.currentTarget);
        }}
      >
        <div class="pad fields">
          <div class="all">
            <Refusal error={error} known={['name', 'role']} />
          </div>
          <Field scope="token" name="name" label={w.name} error={error} required maxLength={64} autocomplete="off" />
          <Select scope="token" name="role" label={w.role}>
            {ROLES.filter((role) => !SCOPED[role]).map((role) => (
              <option key={role} value={role}>
                {settingsWords.roles[role]}
              </option>
            ))}
          </Select>
        </div>
        <div class="foot-acts">
          <span class="end" />
          <button class="btn go" type="submit">
            {w.make}
          </button>
        </div>
      </form>
    </Panel>
  );
}

const Once = ({ fresh }: { fresh: Fresh }) => (
  <div class="pad fields once" role="status">
    <div class="all">
      <b>
        {w.once}. {fresh.name}
      </b>
      <p class="q">{w.onceText}</p>
    </div>
    <Command label={w.token} text={fresh.token} />
  </div>
);

function Known({ tokens, revoke }: { tokens: readonly Token[]; revoke: (token: Token) => void }) {
  return (
    <div class="scroll tall" tabIndex={0} role="group" aria-label={w.title}>
      <table class="stacks">
        <thead>
          <tr>
            <th scope="col">{w.name}</th>
            <th scope="col">{w.role}</th>
            <th scope="col" class="narrow-hide">
              {w.made}
            </th>
            <th scope="col" class="num">
              <span class="vh">{w.revoke}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <tr key={token.id}>
              <th scope="row">{token.name}</th>
              <td>{settingsWords.roles[token.role]}</td>
              <td class="narrow-hide">
                <span class="nw">{moment(token.created_at, serverNow.value, commonZone.value)}</span>{' '}
                <span class="q">{w.madeBy(token.user || w.server)}</span>
              </td>
              <td class="num">
                <button class="btn" type="button" onClick={() => revoke(token)}>
                  {w.revoke}
                  <span class="vh"> {token.name}</span>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
