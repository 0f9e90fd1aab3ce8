/** Why: every mark and icon once, as symbols that the whole page refers to. Shapes of the states are part of their meaning. */
const stroke = { fill: 'none', stroke: 'currentColor', 'stroke-width': '1.4' };

export function Sprite() {
  return (
    <svg class="sprite" aria-hidden="true">
      <defs>
        <symbol id="meets" viewBox="-6 -6 12 12">
          <circle r="4.6" />
        </symbol>
        <symbol id="below" viewBox="-6 -6 12 12">
          <path d="M0-5.6 5.9 4.9h-11.8z" />
        </symbol>
        <symbol id="offline" viewBox="-6 -6 12 12">
          <path d="M-4.8-4.8h9.6v9.6h-9.6z" />
        </symbol>
        <symbol id="nodata" viewBox="-6 -6 12 12">
          <path
            fill-rule="evenodd"
            d="M0-5a5 5 0 1 1 0 10a5 5 0 1 1 0-10zM0-3.1a3.1 3.1 0 1 0 0 6.2a3.1 3.1 0 1 0 0-6.2z"
          />
        </symbol>
        <symbol id="maint" viewBox="-6 -6 12 12">
          <path d="M0-6 6 0 0 6-6 0z" />
        </symbol>
        <symbol id="logo" viewBox="0 0 20 20">
          <path d="M17 3H3v14h14" fill="none" stroke="currentColor" stroke-width="2.6" />
          <circle cx="12" cy="10" r="2.9" fill="currentColor" />
        </symbol>
        <symbol id="i-map" viewBox="0 0 16 16">
          <path
            {...stroke}
            stroke-linejoin="round"
            d="M2 4l4-1.5 4 1.5 4-1.5V12l-4 1.5L6 12l-4 1.5zM6 2.5V12M10 4v9.5"
          />
        </symbol>
        <symbol id="i-overview" viewBox="0 0 16 16">
          <path d="M2.5 2.5h11v11h-11zM2.5 7h11M7 7v6.5" {...stroke} />
        </symbol>
        <symbol id="i-sites" viewBox="0 0 16 16">
          <path d="M2 4h12M2 8h12M2 12h12" {...stroke} />
        </symbol>
        <symbol id="i-alerts" viewBox="0 0 16 16">
          <path
            d="M8 2a4 4 0 0 0-4 4v3l-1.5 2.5h11L12 9V6a4 4 0 0 0-4-4zM6.5 13.5h3"
            {...stroke}
            stroke-linejoin="round"
          />
        </symbol>
        <symbol id="i-reports" viewBox="0 0 16 16">
          <path d="M3.5 1.5h6l3 3v10h-9zM6 8h4M6 11h4" {...stroke} />
        </symbol>
        <symbol id="i-settings" viewBox="0 0 16 16">
          <path d="M2 4.5h7M12 4.5h2M2 11.5h2M7 11.5h7M10.5 2.8v3.4M5.5 9.8v3.4" {...stroke} />
        </symbol>
        <symbol id="i-find" viewBox="0 0 16 16">
          <circle cx="7" cy="7" r="4.5" {...stroke} />
          <path d="M10.5 10.5 14 14" {...stroke} />
        </symbol>
        <symbol id="i-down" viewBox="0 0 12 12">
          <path d="M3 4.5l3 3 3-3" {...stroke} />
        </symbol>
        <symbol id="i-up" viewBox="0 0 12 12">
          <path d="M3 7.5l3-3 3 3" {...stroke} />
        </symbol>
        <symbol id="i-clock" viewBox="0 0 20 20">
          <circle cx="10" cy="10" r="8" fill="none" stroke="currentColor" stroke-width="1.8" />
          <path d="M10 5.5V10l3 2" fill="none" stroke="currentColor" stroke-width="1.8" />
        </symbol>
        <symbol id="i-theme" viewBox="0 0 16 16">
          <circle cx="8" cy="8" r="5.5" {...stroke} />
          <path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" />
        </symbol>
        <symbol id="i-keys" viewBox="0 0 16 16">
          <path d="M1.5 4h13v8h-13zM4 6.5h1M7.5 6.5h1M11 6.5h1M5 9.5h6" {...stroke} />
        </symbol>
        <symbol id="i-out" viewBox="0 0 16 16">
          <path d="M9.5 2.5h-7v11h7M6.5 8h8M11.5 5l3 3-3 3" {...stroke} />
        </symbol>
        <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path d="M0 0V6" />
        </pattern>
      </defs>
    </svg>
  );
}
