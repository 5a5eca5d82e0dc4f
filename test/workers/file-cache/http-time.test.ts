/**
 * Dates in conditions, in nginx's three forms. Protects against a 304 where nginx would send the file, because the edge
 * reads a date in a text that is none for nginx, or another one. Source: nginx `ngx_parse_http_time`.
 */
import { describe, expect, it } from "vitest";
import { parseHttpTime } from "../../../src/file-cache/http-time.ts";

const secondsOf = (...parts: [number, number, number, number, number, number]) => Date.UTC(...parts) / 1000;
const NOV_6 = secondsOf(1994, 10, 6, 8, 49, 37);

describe("the three forms", () => {
	it.each([
		["Sun, 06 Nov 1994 08:49:37 GMT", NOV_6],
		["Sun, 06 Nov 1994 08:49:37", NOV_6],
		["Sun, 06 Nov 1994 08:49:37 GMT; length=5", NOV_6],
		["Sun,06 Nov 1994 08:49:37 GMT", NOV_6],
		["Sun,   06 Nov 1994 08:49:37 GMT", NOV_6],
		[", 06 Nov 1994 08:49:37 GMT", NOV_6],
		["anything, 06 Nov 1994 08:49:37 GMT", NOV_6],
		["Sunday, 06-Nov-94 08:49:37 GMT", NOV_6],
		["Sunday,06-Nov-94 08:49:37", NOV_6],
		[",   06-Nov-94 08:49:37 GMT", NOV_6],
		["Sun Nov  6 08:49:37 1994", NOV_6],
		["Sun Nov 06 08:49:37 1994", NOV_6],
		["Sun   Nov 06 08:49:37 1994 and more", NOV_6],
		[" Nov  6 08:49:37 1994", NOV_6],
		["Sun Nov 16 08:49:37 1994", secondsOf(1994, 10, 16, 8, 49, 37)],
		["Sun, 06 N\n\n 1994 08:49:37", NOV_6],
		["Sunday, 06-N\n\n-94 08:49:37", NOV_6],
		["Sun N\n\n\n 6 08:49:37 1994", NOV_6],
		["Sun, 31 Dec 2023 23:59:59 GMT", secondsOf(2023, 11, 31, 23, 59, 59)],
		["Sun, 01 Jan 0100 00:00:00 GMT", secondsOf(100, 0, 1, 0, 0, 0)],
	])("%j", (value, seconds) => expect(parseHttpTime(value)).toBe(seconds));
	it.each([
		"",
		"1994",
		"06 Nov 1994 08:49:37 GMT",
		"Sun 06 Nov 1994 08:49:37 GMT",
		"a Sun, 06 Nov 1994 08:49:37 GMT",
		"a Sunday, 06-Nov-94 08:49:37 GMT",
		"a Sun Nov  6 08:49:37 1994",
		"Sun , 06 Nov 1994 08:49:37 GMT",
		"Sun, 6 Nov 1994 08:49:37 GMT",
		"Sun, x6 Nov 1994 08:49:37 GMT",
		"Sun, 0x Nov 1994 08:49:37 GMT",
		"Sun, 06 nov 1994 08:49:37 GMT",
		"Sun, 06 Xov 1994 08:49:37 GMT",
		"Sun, 06 Nov 94 08:49:37 GMT",
		"Sun, 06 Nov 199x 08:49:37 GMT",
		"Sun, 06 Nov 1994 8:49:37 GMT",
		"Sun, 06 Nov 1994 08:9:37 GMT",
		"Sun, 06 Nov 1994 08:49:7",
		"Sun, 06 Nov 1994 08:49",
		"Sunday, 06-Nov-1994 08:49:37 GMT",
		"Sunday, 6-Nov-94 08:49:37 GMT",
		"Sunday, 06-Xov-94 08:49:37 GMT",
		"Sunday, 06-Nov-94 8:49:37 GMT",
		"Sunday, 06-Nov-94 08:9:37 GMT",
		"Sunday, 06-Nov-94 08:49:7",
		"SunNov  6 08:49:37 1994",
		"Sun Xov  6 08:49:37 1994",
		"Sun Nov   6 08:49:37 1994",
		"Sun Nov  6 8:49:37 1994",
		"Sun Nov  6 08:9:37 1994",
		"Sun Nov  6 08:49:7 1994",
		"Sun Nov  6 08:49:37 94",
		"Sun, 01 Jan 0099 00:00:00 GMT",
	])("%j is no date", (value) => expect(parseHttpTime(value)).toBeUndefined());
});

describe("the parts of a date", () => {
	it.each([...Array(12).keys()])("month %d", (month) => {
		const date = new Date(Date.UTC(2026, month, 15, 1, 2, 3));
		expect(parseHttpTime(date.toUTCString())).toBe(date.getTime() / 1000);
	});
	it.each([
		["Jax", 0],
		["Jxn", 5],
		["Jxx", 6],
		["Fxx", 1],
		["Mar", 2],
		["Mxr", 2],
		["Mxx", 4],
		["Apx", 3],
		["Axx", 7],
		["Sxx", 8],
		["Oxx", 9],
		["Nxx", 10],
		["Dxx", 11],
	])("the month %s, of which nginx reads only the letters that differ", (name, month) => {
		expect(parseHttpTime(`x, 15 ${name} 2026 01:02:03 GMT`)).toBe(secondsOf(2026, month, 15, 1, 2, 3));
	});
	it.each([
		["31 Jan 2026", true],
		["32 Jan 2026", false],
		["28 Feb 2026", true],
		["29 Feb 2026", false],
		["29 Feb 2024", true],
		["30 Feb 2024", false],
		["29 Feb 2000", true],
		["29 Feb 1900", false],
		["31 Mar 2026", true],
		["30 Apr 2026", true],
		["31 Apr 2026", false],
		["29 Apr 2024", true],
		["31 May 2026", true],
		["30 Jun 2026", true],
		["31 Jun 2026", false],
		["31 Jul 2026", true],
		["31 Aug 2026", true],
		["30 Sep 2026", true],
		["31 Sep 2026", false],
		["31 Oct 2026", true],
		["30 Nov 2026", true],
		["31 Nov 2026", false],
		["31 Dec 2026", true],
		["32 Dec 2026", false],
	])("the day %s: %s", (date, isDate) => {
		expect(parseHttpTime(`x, ${date} 00:00:00 GMT`) !== undefined).toBe(isDate);
	});
	it.each([
		["23:59:59", true],
		["24:00:00", false],
		["23:60:00", false],
		["23:59:60", false],
	])("the time %s: %s", (time, isTime) => {
		expect(parseHttpTime(`x, 15 Jan 2026 ${time} GMT`) !== undefined).toBe(isTime);
	});
	it.each([
		["00", 2000],
		["69", 2069],
		["70", 1970],
		["99", 1999],
	])("the short year %s is %d", (short, year) => {
		expect(parseHttpTime(`x, 15-Jan-${short} 00:00:00 GMT`)).toBe(secondsOf(year, 0, 15, 0, 0, 0));
	});
});
