"""The bodies that are pushed: the same bytes in each run and for each server."""

SERIES_PER_GROUP = 20
BIG_SERIES = 100_000
VARIANTS = 64

FAMILIES = [
    (b"batch_bytes_written_total", b"counter", b"Bytes written by the last run."),
    (b"batch_duration_seconds", b"gauge", b"How long the last run took."),
    (b"batch_last_success_timestamp_seconds", b"gauge", b"When a run last succeeded."),
    (b"batch_records_failed_total", b"counter", b"Records that the last run could not process."),
    (b"batch_records_processed_total", b"counter", b"Records that the last run processed."),
]
STAGES = [b"extract", b"transform", b"load", b"verify"]


def text(series, salt=0):
    """A body with a number of series, distributed over five families of counters and gauges."""
    parts = []
    for name, kind, description in FAMILIES:
        parts.append(b"# HELP %b %b\n# TYPE %b %b\n" % (name, description, name, kind))
        for i in range(series // len(FAMILIES)):
            whole = (i * 7919 + salt * 31) % 1_000_003
            value = b"%d" % whole if i % 2 == 0 else repr(whole / 64).encode()
            parts.append(b'%b{stage="%b",source="orders-eu-%05d"} %b\n' % (
                name, STAGES[i % len(STAGES)], i // len(STAGES), value))
    return b"".join(parts)


def group_bodies():
    """Bodies of 20 series that differ in their values."""
    return [text(SERIES_PER_GROUP, salt) for salt in range(VARIANTS)]


def big():
    return text(BIG_SERIES)


def path_of(group):
    return b"/metrics/job/batch/instance/%05d" % group
