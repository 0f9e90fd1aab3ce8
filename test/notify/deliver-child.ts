/** Why: delivery in a process of its own, so that a test can kill it at any moment. Usage: deliver-child.ts STATE_FILE WEBHOOK_URL */
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { openState } from '#state';
import { createDelivery } from '../../dashboard/notify/deliver.ts';
import { slowAlert } from './cases.ts';

const [path = '', url = ''] = process.argv.slice(2);
const state = openState({ path });
const delivery = createDelivery({
  settings: {
    CARREL_SMTP: undefined,
    CARREL_MAIL_FROM: '',
    CARREL_REPORT_TO: [],
    CARREL_ONCALL: [],
    CARREL_WEBHOOKS: [url],
    CARREL_WEBHOOK_SECRET: undefined,
    CARREL_WEBHOOK_ALLOW: ['127.0.0.1'],
    CARREL_PUSH_HOSTS: [],
    CARREL_LANGUAGE: 'en',
    CARREL_PUBLIC_URL: 'http://carrel.example',
    CARREL_HTTP: { host: '127.0.0.1', port: 0 },
  },
  state,
  alerts: { view: (id) => ({ ...slowAlert, id }), onChange: () => () => undefined },
  clock: systemClock,
  log: silentLogger,
  random: () => 0.01,
});
delivery.start();
process.stdout.write('up\n');
