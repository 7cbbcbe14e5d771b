#!/usr/bin/env python3
"""Runs the cases against a server and compares with the recordings.

    run.py --server "PROGRAM {args}" [--json FILE]
    run.py --server "PROGRAM {args}" --reference "REFERENCE {args}" ...

One line for each failing case, then "N passed, N failed, N skipped". The exit
code is 0 when nothing failed. What --skip-file may say is in expectations.py.
"""

import argparse
import concurrent.futures
import json
import os
import sys
import time

import expectations
import harness
from sets import chosen_sets


def run_one(args, expected, set_name, case, recorded):
    """Runs a case: passed, failed or skipped."""
    reason = expected.skip_reason(case)
    if reason:
        return result(set_name, case, "skipped", None, reason)
    began = time.monotonic()
    diff = None
    observed = None
    answered = False
    try:
        if args.reference:
            want, _ = harness.observe_variants(args.reference, case, tries=40)
        elif recorded is None:
            diff = "no recording (run record.py)"
        elif recorded["digest"] != harness.case_digest(case):
            diff = "the recording is of an older version of the case"
        else:
            want = recorded["steps"]
        if diff is None:
            observed = harness.run_case(args.server, case)
            diff = harness.compare_case(case, want, observed)
            answered = "start_error" not in observed[0]
    except Exception as e:
        diff = "harness: %s: %s" % (type(e).__name__, e)
    reason = expected.deviation_reason(case)
    outcome, diff = expectations.outcome(diff, answered, reason)
    return result(set_name, case, outcome, diff, reason,
                  round(time.monotonic() - began, 3),
                  observed if diff is not None else None)


def result(set_name, case, outcome, diff, reason, seconds=0, observed=None):
    return {"set": set_name, "case": case["id"], "area": case["area"],
            "lenient": case["lenient"], "outcome": outcome, "diff": diff,
            "reason": reason, "seconds": seconds, "observed": observed}


def show(r, verbose):
    if r["outcome"] == "failed":
        print("FAIL %s %s: %s" % (r["set"], r["case"], r["diff"]), flush=True)
    elif r["outcome"] == "skipped" and verbose:
        print("skip %s %s: %s%s" % (
            r["set"], r["case"], r["reason"],
            " [%s]" % r["diff"] if r["diff"] else ""), flush=True)
    elif verbose:
        print("ok   %s %s" % (r["set"], r["case"]), flush=True)


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("--server", default=os.environ.get("CONFORMANCE_SERVER"),
                    help='command; the word {args} stands for the flags')
    ap.add_argument("--reference", default=None,
                    help="compare with this live server instead of recordings")
    ap.add_argument("--set", default="all", help="public")
    ap.add_argument("--filter", default="", help="only cases with this in their name")
    ap.add_argument("--skip-file", default=None,
                    help="cases to leave out, and cases that must fail")
    ap.add_argument("--json", default=None, help="write all results here")
    ap.add_argument("--jobs", type=int, default=2)
    ap.add_argument("--list", action="store_true", help="name the cases and end")
    ap.add_argument("-v", "--verbose", action="store_true",
                    help="name the passing and the skipped cases too")
    args = ap.parse_args()

    every = []
    for name, folder in chosen_sets(args.set):
        recs = harness.load_recordings(folder)
        every += [(name, c, recs.get(c["id"]))
                  for c in harness.load_cases(folder)]
    todo = [t for t in every if args.filter in t[1]["id"]]
    expected = expectations.Expectations()
    if args.skip_file:
        expected = expectations.read(args.skip_file, [c for _, c, _ in every])
    if args.list:
        for name, c, _ in todo:
            print("%-8s %s%s" % (name, c["id"],
                                 "  (lenient)" if c["lenient"] else ""))
        return 0
    if not args.server:
        ap.error("--server is needed")

    results = []
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        futures = [pool.submit(run_one, args, expected, *t) for t in todo]
        for f in futures:
            results.append(f.result())
            show(results[-1], args.verbose)
    totals = count(results)
    if args.json:
        areas = {r["area"]: count(x for x in results if x["area"] == r["area"])
                 for r in results}
        with open(args.json, "w", encoding="utf-8") as f:
            json.dump(dict(totals, areas=areas, results=results), f, indent=1)
            f.write("\n")
    print("%(passed)d passed, %(failed)d failed, %(skipped)d skipped" % totals)
    return 0 if totals["failed"] == 0 else 1


def count(results):
    totals = {"passed": 0, "failed": 0, "skipped": 0}
    for r in results:
        totals[r["outcome"]] += 1
    return totals


if __name__ == "__main__":
    sys.exit(main())
