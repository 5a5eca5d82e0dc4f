/**
 * Reads an HTTP date in a condition as nginx does: in three forms, leniently. nginx ignores the name of the day, some
 * letters of the month, and all text behind the date.
 *
 * `Date.parse` accepts other dates than nginx. With it the edge would answer 304 where nginx sends the file.
 * Source: nginx `ngx_parse_http_time`.
 */

// biome-ignore format: a table
const FORMS = [
	/^[^, ]*, *(?<day>\d\d) (?<month>[JFMASOND]..) (?<year>\d{4}) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)/s,
	/^[^, ]*, *(?<day>\d\d)-(?<month>[JFMASOND]..)-(?<year>\d\d) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)/s,
	/^[^, ]* +(?<month>[JFMASOND]..). ?(?<day>\d\d?) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d) (?<year>\d{4})/s,
];
/** The last day of each month. nginx has a separate rule for 29 February. */
const LAST_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** A year of two digits belongs to 20xx below this number, else to 19xx. */
const FIRST_SHORT_YEAR = 70;

/** @returns Unix time in seconds; `undefined` if nginx finds no date */
export function parseHttpTime(value: string): number | undefined {
	const parts = FORMS.map((form) => form.exec(value)?.groups).find((groups) => groups !== undefined);
	if (parts === undefined) return undefined;
	const numberOf = (name: string) => Number(parts[name]);
	const [day, hour, minute, second] = ["day", "hour", "minute", "second"].map(numberOf) as Clock;
	const month = monthOf(parts.month ?? "");
	const writtenYear = numberOf("year");
	const isShort = parts.year?.length === 2;
	const year = isShort ? writtenYear + (writtenYear < FIRST_SHORT_YEAR ? 2000 : 1900) : writtenYear;
	if (hour > 23 || minute > 59 || second > 59) return undefined;
	const isLeapDay = day === 29 && month === 1 && isLeapYear(year);
	if (day > (LAST_DAYS[month] ?? 0) && !isLeapDay) return undefined;
	// `Date.UTC` would move these years into the twentieth century. No file is that old.
	return year < 100 ? undefined : Date.UTC(year, month, day, hour, minute, second) / 1000;
}

type Clock = [day: number, hour: number, minute: number, second: number];

/** nginx looks only at the letters in which months differ. */
function monthOf([first = "", second, third]: string): number {
	switch (first) {
		case "J":
			if (second === "a") return 0;
			return third === "n" ? 5 : 6;
		case "M":
			return third === "r" ? 2 : 4;
		case "A":
			return second === "p" ? 3 : 7;
		default:
			return { F: 1, S: 8, O: 9, N: 10, D: 11 }[first] ?? Number.NaN;
	}
}

const isLeapYear = (year: number) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
