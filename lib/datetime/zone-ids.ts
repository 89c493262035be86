/** Three letters that Java's `ZoneId.SHORT_IDS` gives a meaning, and Spark with it. */
export const shortIds: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ACT: 'Australia/Darwin',
    AET: 'Australia/Sydney',
    AGT: 'America/Argentina/Buenos_Aires',
    ART: 'Africa/Cairo',
    AST: 'America/Anchorage',
    BET: 'America/Sao_Paulo',
    BST: 'Asia/Dhaka',
    CAT: 'Africa/Harare',
    CNT: 'America/St_Johns',
    CST: 'America/Chicago',
    CTT: 'Asia/Shanghai',
    EAT: 'Africa/Addis_Ababa',
    ECT: 'Europe/Paris',
    EST: '-05:00',
    HST: '-10:00',
    IET: 'America/Indiana/Indianapolis',
    IST: 'Asia/Kolkata',
    JST: 'Asia/Tokyo',
    MIT: 'Pacific/Apia',
    MST: '-07:00',
    NET: 'Asia/Yerevan',
    NST: 'Pacific/Auckland',
    PLT: 'Asia/Karachi',
    PNT: 'America/Phoenix',
    PRT: 'America/Puerto_Rico',
    PST: 'America/Los_Angeles',
    SST: 'Pacific/Guadalcanal',
    VST: 'Asia/Ho_Chi_Minh',
  }),
);

/** Regions of the time zone database whose names have no area before them. */
const single = new Set(
  (
    'CET CST6CDT Cuba EET EST5EDT Egypt Eire GB GB-Eire GMT0 Greenwich Hongkong Iceland Iran Israel Jamaica Japan ' +
    'Kwajalein Libya MET MST7MDT NZ NZ-CHAT Navajo PRC PST8PDT Poland Portugal ROK Singapore Turkey UCT Universal ' +
    'W-SU WET Zulu'
  ).split(' '),
);

const area =
  /^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico|Pacific|SystemV|US)(\/[A-Z][\w+-]*)+$/;

/** What `Intl` calls the region with this id; undefined if there is none. Case matters here, but not to `Intl`. */
export function regionName(id: string): string | undefined {
  if (!single.has(id) && !(area.test(id) && (/[a-z]/.test(id.slice(id.indexOf('/'))) || id.length < 16))) {
    return undefined;
  }
  try {
    const resolved = new Intl.DateTimeFormat('en-US', { timeZone: id }).resolvedOptions().timeZone;
    return resolved === 'GMT' || resolved === 'Etc/UTC' || resolved === 'Etc/GMT' ? 'UTC' : resolved;
  } catch {
    return undefined;
  }
}

/**
 * Seconds east of Greenwich of `+h`, `+hh`, `+hh:mm`, `+hhmm`, `+hh:mm:ss` or `+hhmmss`; undefined if it is none of
 * these or beyond 18 hours.
 */
export function parseOffset(text: string): number | undefined {
  const match = /^([+-])(?:(\d{1,2})|(\d\d):(\d\d)(?::(\d\d))?|(\d\d)(\d\d)(\d\d)?)$/.exec(text);
  if (match === null) return undefined;
  const hours = Number(match[2] ?? match[3] ?? match[6]);
  const minutes = Number(match[4] ?? match[7] ?? 0);
  const seconds = Number(match[5] ?? match[8] ?? 0);
  const total = hours * 3600 + minutes * 60 + seconds;
  if (minutes > 59 || seconds > 59 || total > 18 * 3600) return undefined;
  return match[1] === '-' ? -total : total;
}
