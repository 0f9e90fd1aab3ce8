/** Why: who reads a report or an alert for the first time finds its words explained where they are used. */
import { Head } from '../parts/head.tsx';
import { glossaryWords as w } from '../words-glossary.ts';

const API = '/api/v1/openapi.json';

export function Glossary() {
  return (
    <>
      <Head
        title={w.title}
        under={
          <p>
            {w.text} {w.api}{' '}
            <a class="mono" href={API} target="_self">
              {API}
            </a>
          </p>
        }
      />
      <div class="panel pad">
        <dl class="facts said">
          {w.list.map(([word, means]) => [<dt key={word}>{word}</dt>, <dd key={`${word}-d`}>{means}</dd>])}
        </dl>
      </div>
    </>
  );
}
