/** Why: two devices of one person, as the page's tests see them: one that showed its last push, one that did not say so. */
import type { FastifyInstance } from 'fastify';
import type { PushDeviceView, PushView } from '#contract';

export function servePush(app: FastifyInstance, now: number): void {
  const device = { created_at: 0, error: null };
  let devices: PushDeviceView[] = [
    { ...device, id: 1, label: 'Chrome, Android', mark: 'f', sent_at: now - 3e5, delivered_at: now - 9e7 },
    { ...device, id: 2, label: 'Firefox, Linux', mark: 'e', sent_at: now - 6e5, delivered_at: null },
  ];
  app.get('/api/v1/push', (): PushView => ({ key: 'BCVx', devices }));
  app.delete<{ Params: { id: string } }>('/api/v1/push/devices/:id', ({ params }, reply) => {
    devices = devices.filter(({ id }) => id !== Number(params.id));
    return reply.code(204).send();
  });
}
