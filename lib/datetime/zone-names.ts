import { findZone } from './zone.js';
import type { Zone } from './zone.js';

/**
 * Abbreviations in English as Java prints them, of standard and daylight time, each with a region that has them. `Intl`
 * knows the long names of most zones, but the abbreviations of American ones only; a long name leads to its
 * abbreviation. Where several have the same, the first is what a text means by it.
 */
const abbreviated = (
  'EST/EDT America/New_York,CST/CDT America/Chicago,MST/MDT America/Denver,PST/PDT America/Los_Angeles,' +
  'AKST/AKDT America/Juneau,HST Pacific/Honolulu,AST/ADT America/Halifax,' +
  'NST/NDT America/St_Johns,GMT Africa/Abidjan,GMT/BST Europe/London,IST Asia/Kolkata,GMT/IST Europe/Dublin,' +
  'CET/CEST Europe/Paris,EET/EEST Europe/Bucharest,WET/WEST Atlantic/Canary,MSK Europe/Moscow,TRT Europe/Istanbul,' +
  'IST/IDT Asia/Jerusalem,JST Asia/Tokyo,KST Asia/Seoul,CST Asia/Shanghai,HKT Asia/Hong_Kong,SGT Asia/Singapore,' +
  'AEST/AEDT Australia/Sydney,ACST/ACDT Australia/Adelaide,AWST Australia/Perth,ACWST Australia/Eucla,' +
  'LHST/LHDT Australia/Lord_Howe,NZST/NZDT Pacific/Auckland,CHAST/CHADT Pacific/Chatham,SAST Africa/Johannesburg,' +
  'CAT Africa/Maputo,EAT Africa/Nairobi,WAT Africa/Lagos,BRT America/Sao_Paulo,ART America/Argentina/Buenos_Aires,' +
  'AMT America/Manaus,ACT America/Rio_Branco,FNT America/Noronha,CLT/CLST America/Santiago,COT America/Bogota,' +
  'PET America/Lima,VET America/Caracas,BOT America/La_Paz,ECT America/Guayaquil,GYT America/Guyana,' +
  'SRT America/Paramaribo,GFT America/Cayenne,UYT America/Montevideo,PYT/PYST America/Asuncion,FKT Atlantic/Stanley,' +
  'CST/CDT America/Havana,MST America/Mazatlan,PMST/PMDT America/Miquelon,WGT/WGST America/Nuuk,' +
  'EGT/EGST America/Scoresbysund,AZOT/AZOST Atlantic/Azores,CVT Atlantic/Cape_Verde,GST Asia/Dubai,' +
  'GST Atlantic/South_Georgia,AST Asia/Riyadh,IRST/IRDT Asia/Tehran,AFT Asia/Kabul,PKT Asia/Karachi,' +
  'NPT Asia/Kathmandu,BDT Asia/Dhaka,BTT Asia/Thimphu,MMT Asia/Yangon,ICT Asia/Bangkok,WIB Asia/Jakarta,' +
  'WITA Asia/Makassar,WIT Asia/Jayapura,MYT Asia/Kuching,BNT Asia/Brunei,TLT Asia/Dili,PST Asia/Manila,' +
  'CST Asia/Taipei,ULAT Asia/Ulaanbaatar,HOVT Asia/Hovd,XJT Asia/Urumqi,ALMT Asia/Almaty,AQTT Asia/Aqtobe,' +
  'UZT Asia/Tashkent,TMT Asia/Ashgabat,TJT Asia/Dushanbe,KGT Asia/Bishkek,GET Asia/Tbilisi,AZT Asia/Baku,' +
  'AMT Asia/Yerevan,SAMT Europe/Samara,YEKT Asia/Yekaterinburg,OMST Asia/Omsk,NOVT Asia/Novosibirsk,' +
  'KRAT Asia/Krasnoyarsk,IRKT Asia/Irkutsk,YAKT Asia/Yakutsk,VLAT Asia/Vladivostok,MAGT Asia/Magadan,' +
  'SAKT Asia/Sakhalin,SRET Asia/Srednekolymsk,PETT Asia/Kamchatka,ANAT Asia/Anadyr,MVT Indian/Maldives,' +
  'MUT Indian/Mauritius,SCT Indian/Mahe,RET Indian/Reunion,IOT Indian/Chagos,CCT Indian/Cocos,CXT Indian/Christmas,' +
  'TFT Indian/Kerguelen,ChST Pacific/Guam,SST Pacific/Pago_Pago,WSST/WSDT Pacific/Apia,TOT Pacific/Tongatapu,' +
  'FJT/FJST Pacific/Fiji,PGT Pacific/Port_Moresby,SBT Pacific/Guadalcanal,VUT Pacific/Efate,NCT Pacific/Noumea,' +
  'NFT/NFST Pacific/Norfolk,TAHT Pacific/Tahiti,MART Pacific/Marquesas,GAMT Pacific/Gambier,PST Pacific/Pitcairn,' +
  'GALT Pacific/Galapagos,EAST/EASST Pacific/Easter,LINT Pacific/Kiritimati,PHOT Pacific/Enderbury,' +
  'GILT Pacific/Tarawa,MHT Pacific/Majuro,KOST Pacific/Kosrae,PONT Pacific/Ponape,CHUT Pacific/Chuuk,' +
  'PWT Pacific/Palau,NRT Pacific/Nauru,TVT Pacific/Funafuti,WAKT Pacific/Wake,WFT Pacific/Wallis,' +
  'TKT Pacific/Fakaofo,NUT Pacific/Niue,CKT Pacific/Rarotonga'
).split(',');

/** A day in January and one in July of 2020. */
const WINTER = 1_577_880_000;
const SUMMER = 1_593_604_800;

interface Names {
  readonly shortOfLong: ReadonlyMap<string, string>;
  /** Upper case, longest first, so that `PST8PDT` is not read as `PST`. */
  readonly texts: readonly (readonly [text: string, region: string])[];
}

let names: Names | undefined;

function load(): Names {
  const shortOfLong = new Map<string, string>([['Coordinated Universal Time', 'UTC']]);
  const texts = new Map<string, string>([['UTC', 'UTC']]);
  for (const row of abbreviated) {
    const [letters, region] = row.split(' ') as [string, string];
    const [standard, daylight = standard] = letters.split('/') as [string, string?];
    const zone = findZone(region);
    if (zone === undefined) continue;
    const isSummer = (at: number): boolean =>
      zone.offsetAt(at) > Math.min(zone.offsetAt(WINTER), zone.offsetAt(SUMMER));
    for (const at of [WINTER, SUMMER]) {
      const short = isSummer(at) ? daylight : standard;
      const long = longName(region, at);
      if (long.startsWith('GMT')) continue;
      if (!shortOfLong.has(long)) shortOfLong.set(long, short);
      for (const text of [short.toUpperCase(), long.toUpperCase()]) if (!texts.has(text)) texts.set(text, region);
    }
  }
  return { shortOfLong, texts: [...texts].sort(([a], [b]) => b.length - a.length) };
}

const formats = new Map<string, Intl.DateTimeFormat>();

function longName(region: string, second: number): string {
  let format = formats.get(region);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: region, timeZoneName: 'long' });
    formats.set(region, format);
  }
  return format.formatToParts(second * 1000).find((p) => p.type === 'timeZoneName')!.value;
}

/** The name of a zone in English, such as `CEST` or (`long`) `Central European Summer Time`; an offset has none but its id. */
export function zoneName(zone: Zone, second: number, long: boolean): string {
  if (zone.region === undefined) return zone.id;
  if (zone.region === 'UTC') {
    if (zone.id === 'UT') return 'UT';
    const greenwich = zone.id.includes('GMT') || zone.id === 'Greenwich';
    if (greenwich) return long ? 'Greenwich Mean Time' : 'GMT';
    return long ? 'Coordinated Universal Time' : 'UTC';
  }
  const then = longName(zone.region, second);
  // Of times long past `Intl` may know the offset only; Java has a name for all times.
  const full = then.startsWith('GMT') ? longName(zone.region, WINTER) : then;
  if (long) return full;
  return (names ??= load()).shortOfLong.get(full) ?? full;
}

/** The zone whose English name begins at `at` of an upper-case text, and where the name ends; undefined if there is none. */
export function zoneNamed(upper: string, at: number): { zone: Zone; end: number } | undefined {
  for (const [text, region] of (names ??= load()).texts) {
    if (upper.startsWith(text, at)) return { zone: findZone(region)!, end: at + text.length };
  }
  return undefined;
}
