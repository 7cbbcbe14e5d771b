"""The contents of --skip-file: cases to skip, and cases that must fail.

    area/case    # reason            left out
    area/*       # reason            the whole area is left out
    ! area/case  # reason            a deliberate difference: run, must fail

A deliberate difference that passes is a failure: its line has to go. So is a
line that names no case, or gives no reason.
"""

import re

LINE = re.compile(r"^(!\s*)?([^\s#]+)\s+#\s*(\S.*)$")


class Expectations:
    def __init__(self):
        self.skipped = {}     # id or "area/*" -> reason
        self.deviating = {}   # id -> reason

    def skip_reason(self, case):
        return self.skipped.get(case["id"]) \
            or self.skipped.get(case["area"] + "/*")

    def deviation_reason(self, case):
        return self.deviating.get(case["id"])


def outcome(diff, answered, deviation):
    """passed, failed or skipped, and the difference to print. A deliberate
    difference counts as skipped, but only when the server answered at all."""
    if deviation and diff is None:
        return "failed", "passes, but is listed as a difference: " + deviation
    if deviation and answered:
        return "skipped", diff
    return ("passed" if diff is None else "failed"), diff


def read(path, cases):
    """The expectations of a file. Ends the program when a line is not right."""
    out = Expectations()
    ids = {c["id"] for c in cases}
    areas = {c["area"] + "/*" for c in cases}
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            where = "%s line %d: " % (path, number)
            m = LINE.match(line)
            if not m:
                raise SystemExit(where + "want a case, then # and a reason")
            must_fail, name, reason = m.groups()
            if name not in (ids if must_fail else ids | areas):
                raise SystemExit(where + "no such case: " + name)
            if name in out.skipped or name in out.deviating:
                raise SystemExit(where + "named before: " + name)
            (out.deviating if must_fail else out.skipped)[name] = reason
    return out
