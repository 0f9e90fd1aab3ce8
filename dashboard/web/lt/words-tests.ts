/** Why: the Lithuanian of words-tests.ts. */
import type { TestWords } from '../words-tests.ts';

export const testWords: TestWords = {
  columns: {
    time: 'Laikas',
    verdict: 'Išvada',
    down: 'Sparta',
    others: 'Kiti',
    method: 'Būdas',
    cost: 'Kaina',
    note: 'Pastaba',
  },
  method: { passive: 'Pasyvus', udp: 'UDP', tcp: 'TCP', 'tcp-full': 'TCP, pilnas' },
  reason: { slot: '', confirm: 'pakartotinis', recovery: 'ar atsigavo', manual: 'paprašytas', audit: 'patikra' },
  limit: {
    cpu: 'ribojo matuoklio procesorius',
    nic: 'ribojo matuoklio prievadas',
    wifi: 'matuoklis prijungtas belaidžiu ryšiu',
    server: 'ribojo matavimo serveris',
    budget: 'išnaudotas duomenų limitas',
    cross_traffic: 'linija naudojosi kiti',
    route: 'šis kompiuteris pats yra matavimo serveris',
    aborted: 'matavimas nutrauktas',
    unreachable: 'matavimo serveris nepasiektas',
    time: 'matavimui baigiantis sparta dar augo',
  },
  marginal: 'arti tikslo',
  upload: 'išsiuntimas',
  offHours: 'ne darbo laiku',
  burstShaped: 'iš pradžių sparčiau nei vėliau',
  loss: (share) => `prarasta ${share}`,
  loaded: (idle, loaded) => `delsa ${idle}, esant apkrovai ${loaded}`,
};
