/**
 * Why: the agent speaks MQTT 3.1.1 and is a client. What mqtt-packet carries for servers and for MQTT 5 is a seventh of the agent's size
 * bound; here it is left out by name, and the build stops where a name is not there any more.
 */

/** Methods and functions that only a server or MQTT 5 needs, by file of mqtt-packet. */
const UNUSED: Readonly<Record<string, readonly string[]>> = {
  parser: ['_parseConnect', '_parseSubscribe', '_parseUnsubscribe', '_parseAuth', '_parseProperties', '_parseByType'],
  writeToStream: [
    ...['connack', 'suback', 'unsuback', 'unsubscribe', 'auth'],
    ...['getProperties', 'getPropertiesByMaximumPacketSize', 'writeProperty', 'writeProperties'],
  ],
};
/** Methods of mqtt.js's client that nobody calls here, or that have nothing to do without topic aliases (MQTT 5). */
export const UNUSED_OF_CLIENT = [
  ...['publishAsync', 'subscribeAsync', 'unsubscribe', 'unsubscribeAsync', 'endAsync'],
  ...['_removeTopicAliasAndRecoverTopicName', '_applyTopicAlias'],
];
const TABLE = /^protocol\.(?:properties|propertiesTypes|MQTT5_\w+_CODES) = \{[\s\S]*?^\}/gm;
const TABLES = 8;

/** Words for reason codes of MQTT 5, in mqtt.js. */
const REASONS = /^ {4}(?:16|17|1[2-6]\d): '.*',\n/gm;
const FEWEST_REASONS = 30;

/** @throws Error where mqtt.js or mqtt-packet is not what this file knows */
export function withoutServer(path: string, source: string): string {
  const file = /\/mqtt-packet\/(\w+)\.js$/.exec(path)?.[1] ?? '';
  if (file === 'constants') {
    const found = source.match(TABLE)?.length ?? 0;
    if (found !== TABLES) throw new Error(`mqtt-packet has ${found} tables of MQTT 5; look at infra/lean-mqtt.ts`);
    return source.replace(TABLE, (table) => `${table.slice(0, table.indexOf('{'))}{}`);
  }
  if (path.endsWith('/handlers/ack.js')) {
    if ((source.match(REASONS)?.length ?? 0) < FEWEST_REASONS)
      throw new Error('mqtt.js has other reasons; look at infra/lean-mqtt.ts');
    return source.replace(REASONS, '');
  }
  if (path.endsWith('/mqtt/build/lib/client.js')) return UNUSED_OF_CLIENT.reduce(emptied, source);
  return (UNUSED[file] ?? []).reduce(withoutBody, source);
}

/** The method of the client does nothing. */
function emptied(source: string, name: string): string {
  const whole = new RegExp(`^( {4}${name}\\([^)]*\\) \\{)\\n[\\s\\S]*?^ {4}\\}`, 'm');
  if (!whole.test(source)) throw new Error(`mqtt.js has no ${name}; look at infra/lean-mqtt.ts`);
  return source.replace(whole, '$1}');
}

/** The head of the method or function stays, so that who calls it is told. */
function withoutBody(source: string, name: string): string {
  const head = new RegExp(`^( *)(?:function )?${name} \\([^)]*\\) \\{\\n`, 'm').exec(source);
  const end = head ? source.indexOf(`\n${head[1]}}\n`, head.index) : -1;
  if (!head || end < 0) throw new Error(`mqtt-packet has no ${name}; look at infra/lean-mqtt.ts`);
  const body = `throw new Error('a client of MQTT 3.1.1 has no ${name}')`;
  return source.slice(0, head.index + head[0].length) + body + source.slice(end);
}
