"""Scrapes of several kinds, in turns on one server, so that other work on the machine disturbs all of them equally."""

import statistics

import client


def measure(turns, scrape_one, rounds):
    """Medians of processor time, time and bytes of a scrape, by turn. A first round warms the server up."""
    runs = {turn: [] for turn in turns}
    for number in range(-1, rounds):
        for turn in turns if number % 2 == 0 else reversed(turns):
            run = scrape_one(turn)
            if number >= 0:
                runs[turn].append(run)
    return {turn: [statistics.median(figures) for figures in zip(*some)] for turn, some in runs.items()}


def scrape(server, scrapes, path="/metrics", encoding="identity", accept="*/*"):
    """Processor time, time and bytes of one scrape of some."""
    cpu = server.cpu_seconds()
    answers = [client.timed_get(server, path, encoding, accept) for _ in range(scrapes)]
    return (server.cpu_seconds() - cpu) / scrapes, statistics.median(seconds for seconds, _ in answers), answers[0][1]
