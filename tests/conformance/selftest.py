#!/usr/bin/env python3
"""Shows that the suite can fail.

Without --server: checks the wire formats, the normalising and the skip file,
then spoils every recorded answer in turn and sees that the comparison notices.
With --server: also runs a sample of the cases through faulty.py, one fault at
a time, and against the same server started with flags it should not have.
"""

import argparse
import concurrent.futures
import copy
import os
import shlex
import sys
import tempfile

import expectations
import harness
import kit
import wire
from sets import chosen_sets

HERE = os.path.dirname(os.path.abspath(__file__))


def check(name, ok):
    if not ok:
        raise SystemExit("FAILED: " + name)


def formats():
    check("crc32c", wire.crc32c(b"123456789") == 0xE3069283)
    check("masked crc", wire.masked_crc(b"") == 0xA282EAD8)
    fam = wire.pb_family("n", "HISTOGRAM", wire.pb_histogram(dict(
        sample_count=2, sample_sum=1.5, schema=-1,
        positive_span=wire.pb_spans((-3, 2)), positive_delta=[1, -1])))
    back = wire.decode_delimited(wire.delimited(fam))[0]
    check("protobuf", back["metric"][0]["histogram"]["positive_delta"] == [1, -1]
          and back["metric"][0]["histogram"]["positive_span"][0]["offset"] == -3
          and back["type"] == "HISTOGRAM")
    check("gzip", wire.gunzip(wire.gz(b"abc")) == b"abc")


def normalising():
    text = ("# HELP a x\n# TYPE a gauge\na 1\n# HELP go_x y\n# TYPE go_x gauge\n"
            "go_x 1\n# TYPE push_time_seconds gauge\n"
            "push_time_seconds{job=\"a\"} 5\n")
    out = harness.norm_metrics(text)
    check("own families go", "go_x" not in out)
    check("old push times stay", "} 5\n" in out)
    check("final newline", out.endswith("\n"))
    check("missing newline is seen",
          "no newline" in harness.norm_metrics(text[:-1]))
    check("blanks are squeezed", harness.norm_message(
        "collected a { b:{c}  d}") == "collected a { b:{c} d}")
    check("other blanks are not", harness.norm_message("a  b") == "a  b")
    check("times", harness.mask_epoch("1e+09") == "1e+09"
          and harness.mask_rfc3339("2001-01-01T00:00:00Z") != "<ts>")


def read_expectations(text):
    cases = [{"id": "a/x", "area": "a"}, {"id": "b/y", "area": "b"}]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as f:
        f.write(text)
        f.flush()
        return cases, expectations.read(f.name, cases)


def refused(text):
    try:
        read_expectations(text)
    except SystemExit:
        return True
    return False


def skipping():
    (x, y), read = read_expectations("# note\n\na/*  # all\n! b/y # ours\n")
    check("an area is left out", read.skip_reason(x) == "all")
    check("others are not", read.skip_reason(y) is None)
    check("a difference is known", read.deviation_reason(y) == "ours")
    for text in ("a/x\n", "a/x #\n", "a/z # typo\n", "! a/* # too much\n",
                 "a/x # once\n! a/x # twice\n"):
        check("refused: %r" % text, refused(text))
    outcome = expectations.outcome
    check("passes", outcome(None, True, None) == ("passed", None))
    check("fails", outcome("d", True, None) == ("failed", "d"))
    check("differs as listed", outcome("d", True, "ours") == ("skipped", "d"))
    check("differs no more", outcome(None, True, "ours")[0] == "failed")
    check("no answer is no difference",
          outcome("d", False, "ours") == ("failed", "d"))


def hints():
    """A hint line is no difference, behind the message of a 400 only."""
    step = kit.put("/metrics/job/a", "x\r\n")
    want = {"status": 400, "headers": {}, "body": "why\n"}

    def equal(body, status=400):
        wanted = dict(want, status=status)
        return harness.compare_step(
            step, wanted, dict(wanted, body=body)) is None

    check("a hint is no difference", equal("why\nhint: so\n"))
    check("another message with a hint is one", not equal("who\nhint: so\n"))
    check("a hint without a message is one", not equal("hint: so\n"))
    check("an empty hint is one", not equal("why\nhint: \n"))
    check("two hints are one", not equal("why\nhint: a\nhint: b\n"))
    check("another line is one", not equal("why\nand so\n"))
    check("a line behind the hint is one", not equal("why\nhint: a\nb\n"))
    check("a hint without an end is one", not equal("why\nhint: a"))
    check("a hint with another status is one",
          not equal("why\nhint: so\n", status=422))


def spoiled(step, want):
    """Wrong answers for a step, each with what is wrong about it."""
    if step["do"] == "http":
        if step["status"] in ("exact", "class"):
            bad = copy.deepcopy(want)
            bad["status"] = 599 if want["status"] // 100 != 5 else 200
            yield "status", bad
        else:
            bad = copy.deepcopy(want)
            bad["status"] = 199
            yield "status", bad
        if step["status"] == "exact":
            bad = copy.deepcopy(want)
            bad["status"] = want["status"] + 1
            yield "status by one", bad
        for h in step["compare_headers"]:
            bad = copy.deepcopy(want)
            bad["headers"][h] = want["headers"].get(h, "") + "x"
            yield "header " + h, bad
            if h in want["headers"]:
                bad = copy.deepcopy(want)
                del bad["headers"][h]
                yield "no header " + h, bad
        if step["body_check"] == "exact":
            bad = copy.deepcopy(want)
            if isinstance(want.get("body"), str):
                bad["body"] = want["body"] + "x"
                yield "longer body", bad
                if want["body"]:
                    bad = copy.deepcopy(want)
                    bad["body"] = want["body"][:-1]
                    yield "shorter body", bad
            else:
                bad["body"] = {"other": 1}
                yield "other document", bad
        if step["body_check"] == "nonempty":
            bad = copy.deepcopy(want)
            bad["body"] = ""
            yield "no body", bad
        for i in range(len(step["contains"])):
            bad = copy.deepcopy(want)
            bad["contains"][i] = not want["contains"][i]
            yield "contains", bad
    elif step["do"] in ("stop", "wait_exit", "cli"):
        bad = copy.deepcopy(want)
        bad["exit"] = "still running"
        if step["exit_code"] != "any":
            yield "exit", bad
        for key in ("out", "err", "either"):
            for i in range(len(step.get(key) or [])):
                bad = copy.deepcopy(want)
                bad[key][i] = not want[key][i]
                yield key, bad
        if step.get("text"):
            bad = copy.deepcopy(want)
            bad["text"] += "x"
            yield "text", bad
    elif step["do"] == "start":
        yield "start", {"up": not want["up"]}
    elif step["do"] == "parallel":
        yield "codes", {"codes": [599] * len(want["codes"])}
    elif step["do"] == "stat":
        yield "stat", dict(want, exists=not want["exists"])


def recordings():
    tried = 0
    blind = []
    for set_name, folder in chosen_sets("all"):
        recs = harness.load_recordings(folder)
        for case in harness.load_cases(folder):
            rec = recs[case["id"]]["steps"]
            right = [r[0] for r in rec]
            check(case["id"] + " equals itself",
                  harness.compare_case(case, rec, right) is None)
            noticed = 0
            for i, step in enumerate(case["steps"]):
                for what, bad in spoiled(step, right[i]):
                    tried += 1
                    wrong = list(right)
                    wrong[i] = bad
                    if harness.compare_case(case, rec, wrong) is None:
                        # One of several right answers may be hit by chance.
                        if bad not in rec[i]:
                            raise SystemExit("FAILED: %s step %d: %s is not "
                                             "noticed" % (case["id"], i + 1,
                                                          what))
                    else:
                        noticed += 1
            if not noticed:
                blind.append(case["id"])
    check("every case can fail: %s" % blind, not blind)
    return tried


# Taken whatever the sample, for faults that few cases can show.
ALWAYS = ("negotiation/gzip", "routing/head_on_metrics", "api/metrics_gauge_labels",
          "grouping/double_slash_in_labels", "admin/quit_disabled",
          "api/cors_headers_on_metrics", "consistency/same_sample_twice",
          "exposition/samples_sorted_by_label_values", "ownmetrics/after_pushes",
          "admin/wipe_disabled", "exposition/numbers_large",
          "parse_errors/type_twice", "push/failed_push_keeps_the_old_metrics")


def sample_run(server, every, jobs):
    names = []
    for _, folder in chosen_sets("all"):
        names += harness.load_cases(folder)
    picked = [c for i, c in enumerate(names)
              if i % every == 0 or c["id"] in ALWAYS]
    failed = []
    recs = {}
    for _, folder in chosen_sets("all"):
        recs.update(harness.load_recordings(folder))

    def one(c):
        try:
            return harness.compare_case(c, recs[c["id"]]["steps"],
                                        harness.run_case(server, c))
        except Exception as e:
            return repr(e)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for c, diff in zip(picked, pool.map(one, picked)):
            if diff is not None:
                failed.append((c["id"], diff))
    return len(picked), failed


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("--server", default=None)
    ap.add_argument("--every", type=int, default=15,
                    help="take each Nth case for the runs with faults")
    ap.add_argument("--jobs", type=int, default=2)
    args = ap.parse_args()
    formats()
    normalising()
    skipping()
    hints()
    print("%d spoiled answers noticed" % recordings())
    if not args.server:
        return 0
    import faulty
    bad = 0
    py = shlex.quote(sys.executable) + " " + \
        shlex.quote(os.path.join(HERE, "faulty.py"))
    runs = [("fault " + f, "%s %s %s" % (py, f, args.server))
            for f in faulty.FAULTS]
    for flag in ("--push.disable-consistency-check", "--push.enable-utf8-names",
                 "--web.enable-admin-api", "--web.enable-lifecycle",
                 "--web.route-prefix=/other", "--web.telemetry-path=/other"):
        words = shlex.split(args.server)
        i = words.index("{args}") if "{args}" in words else len(words)
        runs.append(("flag " + flag, " ".join(
            shlex.quote(w) if w != "{args}" else w
            for w in words[:i] + [flag] + words[i:])))
    for name, server in runs:
        if name.endswith("route-prefix=/other"):
            # Never gets ready: no need to wait long for each case.
            harness.START_TIMEOUT = 1.0
        n, failed = sample_run(server, args.every, args.jobs)
        harness.START_TIMEOUT = 30.0
        clean = name == "fault none"
        ok = (not failed) if clean else bool(failed)
        bad += not ok
        print("%-45s %3d of %3d cases failed%s" % (
            name, len(failed), n, "" if ok else "   <-- NOT AS IT SHOULD BE"))
        for cid, diff in failed[:1]:
            print("      e.g. %s: %s" % (cid, harness.clip(diff, 150)))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
