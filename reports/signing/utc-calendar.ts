/** A moment of UTC in the calendar. */
export interface UtcMoment {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const msPerDay = 86_400_000;

/**
 * The calendar moment of UTC milliseconds since 1970, cut to the second.
 *
 * @see Howard Hinnant, chrono-compatible low-level date algorithms: civil_from_days
 */
export function utcMoment(utcMs: number): UtcMoment {
  const days = Math.floor(utcMs / msPerDay);
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const second = Math.floor((utcMs - days * msPerDay) / 1000);
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
    hour: Math.floor(second / 3600),
    minute: Math.floor(second / 60) % 60,
    second: second % 60,
  };
}

const isoPattern = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?Z$/;

/** The moment that an ISO 8601 text of UTC names, cut to the second; undefined when it is none. */
export function parseUtcMoment(text: string): UtcMoment | undefined {
  const fields = isoPattern.exec(text)?.slice(1).map(Number);
  if (fields === undefined) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields;
  return { year, month, day, hour, minute, second };
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, '0');
}

/** `20260417093005`: fourteen digits, as PDF and X.509 write a moment. */
export function compactUtc(moment: UtcMoment): string {
  const date = `${digits(moment.year, 4)}${digits(moment.month, 2)}${digits(moment.day, 2)}`;
  return `${date}${digits(moment.hour, 2)}${digits(moment.minute, 2)}${digits(moment.second, 2)}`;
}

/** The same day and time some years later; 29 February becomes the 28th where there is none. */
export function yearsLater(moment: UtcMoment, yearCount: number): UtcMoment {
  const isLeapDay = moment.month === 2 && moment.day === 29;
  return { ...moment, year: moment.year + yearCount, day: isLeapDay ? 28 : moment.day };
}
