/** Why: every group of routes besides those that the server always has (server.ts), in one list that tests can ask for too. */
import { registerAccessibilityRoutes } from './routes/accessibility.ts';
import { registerActRoutes } from './routes/act.ts';
import { registerAlertRoutes } from './routes/alerts.ts';
import { registerBackupRoutes } from './routes/backup.ts';
import { registerCalendarRoutes } from './routes/calendar.ts';
import { registerChannelRoutes } from './routes/channels.ts';
import { registerClosedTodayRoutes } from './routes/closed-today.ts';
import { registerDeliveryRoutes } from './routes/delivery.ts';
import { registerDeviceRoutes } from './routes/devices.ts';
import { registerFleetRoutes } from './routes/fleet.ts';
import { registerHeardRoutes } from './routes/heard.ts';
import { registerIncidentPageRoutes } from './routes/incident-page.ts';
import { registerIncidentRoutes } from './routes/incidents.ts';
import { registerLiveRoutes } from './routes/live.ts';
import { registerMapLayerRoutes } from './routes/map-layers.ts';
import { registerMeasurementRoutes } from './routes/measurements.ts';
import { registerNetworkRoutes } from './routes/network.ts';
import { registerOnCallRoutes } from './routes/on-call.ts';
import { registerPublicStatusRoutes } from './routes/public-status.ts';
import { registerPushRoutes } from './routes/push.ts';
import { registerQuarantineRoutes } from './routes/quarantine.ts';
import { registerReportRoutes } from './routes/reports.ts';
import { registerRuleRoutes } from './routes/rules.ts';
import { registerScreenRoutes } from './routes/screens.ts';
import { registerSiteNoteRoutes } from './routes/site-notes.ts';
import { registerThroughputRoutes } from './routes/throughput.ts';
import { registerViewRoutes } from './routes/views.ts';
import type { Route } from './server.ts';

export const ROUTES: readonly Route[] = [
  registerAlertRoutes,
  registerLiveRoutes,
  registerMeasurementRoutes,
  registerMapLayerRoutes,
  registerScreenRoutes,
  registerDeliveryRoutes,
  registerFleetRoutes,
  registerHeardRoutes,
  registerNetworkRoutes,
  registerQuarantineRoutes,
  registerReportRoutes,
  registerThroughputRoutes,
  registerDeviceRoutes,
  registerSiteNoteRoutes,
  registerViewRoutes,
  registerPublicStatusRoutes,
  registerAccessibilityRoutes,
  registerRuleRoutes,
  registerCalendarRoutes,
  registerClosedTodayRoutes,
  registerBackupRoutes,
  registerChannelRoutes,
  registerOnCallRoutes,
  registerActRoutes,
  registerIncidentRoutes,
  registerIncidentPageRoutes,
  registerPushRoutes,
];
