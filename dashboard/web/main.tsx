/** Why: the page's start: who is signed in, which page the address names, and what runs while somebody is. */
import './styles/index.css';
import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { startKeys } from './keys.ts';
import { Sites } from './pages/sites.tsx';
import { Empty, Failed, Waiting } from './parts/answers.tsx';
import { Frame } from './parts/frame.tsx';
import { type Lazy, lazy } from './parts/lazy.tsx';
import { hrefOf, place, type Route, routeOf, startRouter } from './router.ts';
import { firstData, followLive, me, meUnknown, whoAmI } from './store.ts';
import { words } from './words.ts';

const Login = lazy<object>(() => import('./pages/login.tsx').then((module) => module.Login));
const Overview = lazy<object>(() => import('./pages/overview.tsx').then((module) => module.Overview));
const Alerts = lazy<object>(() => import('./pages/alerts.tsx').then((module) => module.Alerts));
const MapPage = lazy<object>(() => import('./pages/map.tsx').then((module) => module.MapPage));
const Wall = lazy<object>(() => import('./pages/wall.tsx').then((module) => module.Wall));
const Settings = lazy<object>(() => import('./pages/settings.tsx').then((module) => module.Settings));
const Setup = lazy<object>(() => import('./pages/setup.tsx').then((module) => module.Setup));
const Start = lazy<object>(() => import('./pages/start.tsx').then((module) => module.Start));
const Compare = lazy<object>(() => import('./pages/compare.tsx').then((module) => module.Compare));
const FleetPage = lazy<object>(() => import('./pages/fleet.tsx').then((module) => module.FleetPage));
const Tail = lazy<object>(() => import('./pages/tail.tsx').then((module) => module.Tail));
const Help = lazy<object>(() => import('./pages/help.tsx').then((module) => module.Help));
const Glossary = lazy<object>(() => import('./pages/glossary.tsx').then((module) => module.Glossary));
const SitePage = lazy<{ id: string }>(() => import('./pages/site.tsx').then((module) => module.SitePage));

/** Their files are on the way already (preload.ts): they are there when the first picture is drawn. */
const BEGUN: Partial<Record<Route['page'], Lazy<object>>> = { overview: Overview, login: Overview, alerts: Alerts };

function App() {
  const route = routeOf(place.value.path);
  if (route.page === 'setup') return <Setup />;
  if (route.page === 'wall') return <Wall />;
  if (me.value === null) return <Login />;
  if (me.value === undefined)
    return (
      <main>
        {meUnknown.value ? (
          <Failed what={words.what.page} problem={meUnknown.value} again={() => void whoAmI()} />
        ) : (
          <Waiting what={words.what.page} />
        )}
      </main>
    );
  // Setting up has a frame of its own: nothing else to go to.
  if (route.page === 'start') return <Start />;
  return <SignedIn route={route} />;
}

function SignedIn({ route }: { route: Route }) {
  useEffect(startKeys, []);
  const key = route.page === 'site' ? `site ${route.id}` : route.page;
  const first = useRef(true);
  // A new page is read from its start: the focus goes to it, as after a real page load.
  useEffect(() => {
    if (!first.current) document.getElementById('main')?.focus({ preventScroll: true });
    first.current = false;
  }, [key]);
  return (
    <Frame route={route}>
      <Page route={route} />
    </Frame>
  );
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case 'overview':
      return <Overview />;
    case 'map':
      return <MapPage />;
    case 'sites':
      return <Sites />;
    case 'site':
      return <SitePage id={route.id} />;
    case 'alerts':
      return <Alerts />;
    case 'incident':
    case 'reports':
      return <Drawn />;
    case 'settings':
      return <Settings />;
    case 'compare':
      return <Compare />;
    case 'fleet':
      return <FleetPage />;
    case 'live':
      return <Tail />;
    case 'glossary':
      return <Glossary />;
    case 'help':
      return <Help />;
    case 'login':
      return <Overview />;
    default:
      return (
        <div class="panel">
          <h1 class="vh">{words.unknownPage.title}</h1>
          <Empty title={words.unknownPage.title} text={words.unknownPage.text}>
            <a class="btn go" href={hrefOf('/')}>
              {words.unknownPage.back}
            </a>
          </Empty>
        </div>
      );
  }
}

/** A page that the server draws: it is asked for once somebody is signed in, and not a second time if it does not come. */
function Drawn() {
  const [entry] = performance.getEntriesByType('navigation');
  const again = entry instanceof PerformanceNavigationTiming && entry.type === 'reload';
  useEffect(() => {
    if (!again) location.reload();
  }, [again]);
  return (
    <div class="panel">
      <Waiting what={words.what.page} />
    </div>
  );
}

startRouter();
BEGUN[routeOf(place.value.path).page]?.begin();
followLive();
// A wall screen is patient: it asks by itself until it is answered.
if (routeOf(place.value.path).page !== 'wall') {
  void whoAmI();
  // Nobody was signed in here before (early.ts): the form comes while the server is asked who it is.
  if (!Reflect.has(globalThis, 'carrelEarly')) Login.begin();
}
const root = document.getElementById('root');
if (root) void firstData().then(() => render(<App />, root));
