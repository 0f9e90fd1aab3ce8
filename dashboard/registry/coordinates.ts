/** Why: latitude and longitude are easily swapped; the site's time zone says roughly where it must be. */

/** Degrees [south, north, west, east] of the countries of a zone, roughly. */
const BOXES: Readonly<Record<string, readonly [number, number, number, number]>> = {
  'Europe/Vilnius': [53.8, 56.5, 20.8, 26.9],
  'Europe/Riga': [55.6, 58.2, 20.8, 28.3],
  'Europe/Tallinn': [57.4, 59.8, 21.7, 28.3],
  'Europe/Warsaw': [48.9, 54.9, 14, 24.2],
  'Europe/Helsinki': [59.7, 70.2, 19, 31.6],
  'Europe/Stockholm': [55.2, 69.1, 10.9, 24.2],
  'Europe/Oslo': [57.8, 71.3, 4.4, 31.3],
  'Europe/Copenhagen': [54.5, 57.8, 8, 15.3],
  'Europe/Berlin': [47.2, 55.1, 5.8, 15.1],
  'Europe/Amsterdam': [50.7, 53.6, 3.3, 7.3],
  'Europe/Prague': [48.5, 51.1, 12, 18.9],
  'Europe/Bratislava': [47.7, 49.7, 16.8, 22.6],
  'Europe/Budapest': [45.7, 48.6, 16.1, 22.9],
  'Europe/Kyiv': [44.3, 52.4, 22.1, 40.3],
  'Europe/Chisinau': [45.4, 48.5, 26.6, 30.2],
  'Europe/Bucharest': [43.6, 48.3, 20.2, 29.8],
  'Europe/Sofia': [41.2, 44.3, 22.3, 28.7],
  'Europe/Athens': [34.7, 41.8, 19.3, 29.7],
  'Europe/Rome': [35.4, 47.1, 6.6, 18.6],
  'Europe/Paris': [41.3, 51.1, -5.2, 9.6],
  'Europe/Madrid': [35.9, 43.9, -9.4, 4.4],
  'Europe/Lisbon': [36.9, 42.2, -9.6, -6.1],
  'Europe/London': [49.8, 60.9, -8.7, 1.8],
  'Europe/Dublin': [51.4, 55.5, -10.7, -5.9],
  'Asia/Tbilisi': [41, 43.6, 40, 46.8],
  'Asia/Almaty': [40.5, 55.5, 46.4, 87.4],
  'Asia/Bishkek': [39.1, 43.3, 69.2, 80.3],
  'Asia/Tashkent': [37.1, 45.6, 55.9, 73.2],
};

export type Place = 'plausible' | 'swapped' | 'far';

/** `swapped`: only the other way round makes sense. `far`: neither way is where the zone is. Zones that are not known are plausible. */
export function judgePlace(lat: number, lon: number, zone: string): Place {
  if (Math.abs(lat) > 90 && Math.abs(lat) <= 180 && Math.abs(lon) <= 90) return 'swapped';
  const box = Object.hasOwn(BOXES, zone) ? BOXES[zone] : undefined;
  if (!box || within(box, lat, lon)) return 'plausible';
  return within(box, lon, lat) ? 'swapped' : 'far';
}

function within(
  [south, north, west, east]: readonly [number, number, number, number],
  lat: number,
  lon: number,
): boolean {
  return lat >= south && lat <= north && lon >= west && lon <= east;
}
