"""Measures dist/synthdata-infra against kubectl and PyYAML; docs/performance.md says what and why.

Each measurement alternates between the two sides and compares medians, so that whatever else the machine does falls
on both. Prints one table; exits 1 when a bound is missed.
"""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import typing

import bench_cloud
import bench_cluster

MEASURED = pathlib.Path(__file__).with_name("measured.py")
PAIRS = 5
STARTS = 21
DATA_TYPES = ["tabular", "time_series", "text", "image", "audio", "video"]
PARSED_LINES = 100_000


class Run(typing.NamedTuple):
    """One run of a program: its wall time, and what it had resident at its peak."""

    seconds: float
    megabytes: float


class Row(typing.NamedTuple):
    measurement: str
    ours: str
    peer: str
    ratio: str
    bound: str
    holds: bool


def run(*command, output=subprocess.DEVNULL):
    """Runs a command to its end."""
    with contextlib.ExitStack() as stack:
        if isinstance(output, str):
            output = stack.enter_context(open(output, "w"))
        told, tell = os.pipe()
        told = stack.enter_context(open(told))
        with open(tell, "w"):
            subprocess.run(
                [sys.executable, "-S", "-E", MEASURED, str(tell), *command], check=True, stdout=output, pass_fds=[tell])
        result = json.load(told)
    if result["status"] != 0:
        raise SystemExit(f"bench: error: exit code {os.waitstatus_to_exitcode(result['status'])}: {' '.join(command)}")
    return Run(result["seconds"], result["kilobytes"] / 1024)


def alternate(count, *sides):
    """The results of each side, taken in turns: A B A B."""
    results = [[] for _ in sides]
    for _ in range(count):
        for side, taken in zip(sides, results):
            taken.append(side())
    return results


def seconds(runs):
    return statistics.median(run.seconds for run in runs)


def megabytes(runs):
    return max(run.megabytes for run in runs)


def duration(value):
    return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"


def say(words):
    print(f"==> {words}", file=sys.stderr, flush=True)


def write_fleet(folder, count):
    """Service files of the six types in turn, each with overrides of its own."""
    folder.mkdir(parents=True)
    for number in range(count):
        data_type = DATA_TYPES[number % len(DATA_TYPES)]
        (folder / f"service-{number:05}.yaml").write_text(f"""\
apiVersion: synthdata.io/v1
kind: SyntheticDataService
metadata:
  name: {data_type.replace('_', '-')}-{number:05}
spec:
  type: {data_type}
  provider: onprem
  replicas: {1 + number % 4}
  overrides:
    resources:
      cpu: "{2 + number % 3}"
      memory: {40 + number % 8}Gi
    specific:
      batch: {number}
""")


def write_kustomization(source, folder):
    """What `render --output-dir` wrote, as one resource file for each service."""
    folder.mkdir()
    names = []
    for service in sorted(path for path in source.rglob("*") if path.is_dir()):
        objects = [path.read_text() for path in sorted(service.glob("*.yaml"))]
        # Services share their namespace's object: kustomize refuses to take it twice.
        objects = [text for text in objects if "\nkind: Namespace\n" not in text or not names]
        if objects:
            names.append(f"{len(names):05}.yaml")
            (folder / names[-1]).write_text("---\n".join(objects))
    (folder / "kustomization.yaml").write_text("resources:\n" + "".join(f"- {name}\n" for name in names))


def write_document(path):
    """A file like a fleet's merged settings: mappings, lists, numbers, quoted and plain text."""
    lines, number = [], 0
    while len(lines) < PARSED_LINES:
        lines += [
            f"service-{number}:",
            f"  name: tabular-{number}",
            "  labels: {app: synthdata, tier: backend}",
            "  resources:",
            f"    cpu: {number % 16}",
            f'    memory: "{number % 64}Gi"',
            "    ratio: 0.75",
            "    enabled: true",
            "  algorithms:",
            "  - name: ctgan",
            f"    epochs: {number}",
            "  - name: copula",
            "    note: fitted marginals and correlations  # kept as text",
            "  selector: null",
        ]
        number += 1
    path.write_text("\n".join(lines[:PARSED_LINES]) + "\n")


def start_up(binary, kubectl):
    say(f"Start-up, {STARTS} pairs")
    ours = lambda: run(binary, "--version")
    if not kubectl:
        runs, = alternate(STARTS, ours)
    else:
        runs, peers = alternate(STARTS, ours, lambda: run(kubectl, "version", "--client"))
        ratio = seconds(runs) / seconds(peers)
        yield Row("--version, wall time", duration(seconds(runs)), f"{duration(seconds(peers))} (kubectl)",
                  f"{ratio:.2f}", "≤ 0.25", ratio <= 0.25)
    yield Row("--version, resident", f"{megabytes(runs):.0f} MB", "–", "–", "< 25 MB", megabytes(runs) < 25)


def fleet(binary, kubectl, scratch, peer_timeout):
    fleets = {}
    for count in (100, 1_000, 10_000):
        fleets[count] = scratch / f"fleet-{count}"
        write_fleet(fleets[count], count)

    def render(count):
        # To a file, as a person would: the bytes have to go somewhere.
        return lambda: run(binary, "render", "-f", str(fleets[count]), output=str(scratch / "rendered.yaml"))

    say(f"Fleets of 100, 1,000 and 10,000 services, {PAIRS} rounds")
    small, middle, large = alternate(PAIRS, render(100), render(1_000), render(10_000))

    if kubectl:
        say(f"kubectl kustomize of the same objects, once, for at most {peer_timeout} s")
        run(binary, "render", "-f", str(fleets[1_000]), "--output-dir", str(scratch / "objects"))
        write_kustomization(scratch / "objects", scratch / "kustomize")
        started = time.monotonic()
        try:
            subprocess.run(
                [kubectl, "kustomize", str(scratch / "kustomize")], stdout=subprocess.DEVNULL, check=True,
                timeout=peer_timeout)
            stopped = False
        except subprocess.TimeoutExpired:
            stopped = True
        peer = time.monotonic() - started
        ratio = peer / seconds(middle)
        yield Row("render 1,000 services", duration(seconds(middle)),
                  f"{'> ' if stopped else ''}{duration(peer)} (kubectl kustomize{', stopped' if stopped else ''})",
                  f"{'> ' if stopped else ''}{ratio:.0f}", "≥ 100", ratio >= 100)
    yield Row("render 1,000 services, resident", f"{megabytes(middle):.0f} MB", "–", "–", "< 150 MB",
              megabytes(middle) < 150)

    # The price of one more service: what a run costs once (start, profiles, templates) cancels out.
    early = (seconds(middle) - seconds(small)) / 900
    late = (seconds(large) - seconds(middle)) / 9_000
    yield Row("one more service, after 1,000 against before", f"{late * 1e6:.0f} µs", f"{early * 1e6:.0f} µs",
              f"{late / early:.2f}", "≤ 1.50", late / early <= 1.5)
    yield Row("render 10,000 services, resident", f"{megabytes(large):.0f} MB", "–", "–", "< 500 MB",
              megabytes(large) < 500)
    yield provenance(binary, fleets[1_000])


def provenance(binary, folder):
    """Which file set a value is known for any service of the fleet that was just rendered."""
    source = sorted(folder.iterdir())[0]
    explained = json.loads(subprocess.run(
        [binary, "config", "explain", "resources.memory", "-f", str(source), "-o", "json"],
        check=True, capture_output=True).stdout)
    files = [step["location"]["file"] for step in explained["chain"] if step["location"]["line"] > 0]
    found = str(source) in files and any(file.startswith("profiles/") for file in files)
    return Row("provenance of a value", f"{len(files)} layers" if found else "lost", "–", "–", "kept", found)


def parsing(parser, scratch):
    import yaml

    if not yaml.__with_libyaml__:
        raise SystemExit("bench: error: this PyYAML has no CSafeLoader")
    path = scratch / "document.yaml"
    write_document(path)
    content = path.read_bytes()

    def ours():
        return int(subprocess.run([parser, str(path), "1"], check=True, capture_output=True).stdout) / 1e9

    def peer():
        started = time.perf_counter()
        yaml.load(content, Loader=yaml.CSafeLoader)
        return time.perf_counter() - started

    say(f"Parsing {PARSED_LINES:,} lines, {PAIRS} pairs")
    times, peers = alternate(PAIRS, ours, peer)
    ratio = statistics.median(peers) / statistics.median(times)
    yield Row(f"parse {PARSED_LINES:,} lines", duration(statistics.median(times)),
              f"{duration(statistics.median(peers))} (PyYAML CSafeLoader)", f"{ratio:.1f}", "≥ 4", ratio >= 4)


def print_table(rows):
    header = Row("measurement", "ours", "peer", "ratio", "bound", True)
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(5)]
    for row in [header, *rows]:
        cells = [cell.ljust(width) for cell, width in zip(row[:5], widths)]
        print("  ".join([*cells, "" if row is header else "holds" if row.holds else "MISSED"]).rstrip())


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--binary", required=True)
    arguments.add_argument("--parser", required=True)
    arguments.add_argument("--control-plane", help="the folder with the programs of one; without it, no cluster")
    arguments.add_argument("--only-cluster", action="store_true", help="leave out what needs no cluster")
    arguments.add_argument("--rounds", type=int, default=3, help="how often a fleet is deployed")
    arguments.add_argument("--peer-timeout", type=float, default=120)
    options = arguments.parse_args()
    kubectl = shutil.which("kubectl")
    if not kubectl:
        say("kubectl is not on PATH: left out are --version's wall time and render's time against kustomize")
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        rows = []
        if not options.only_cluster:
            rows += start_up(options.binary, kubectl)
            rows += fleet(options.binary, kubectl, scratch, options.peer_timeout)
            rows += parsing(options.parser, scratch)
        if options.control_plane:
            measuring = sys.modules[__name__]
            rows += bench_cluster.rows(
                measuring, options.binary, kubectl, options.control_plane, scratch, options.rounds)
            rows += bench_cloud.rows(measuring, options.binary, options.control_plane, scratch, options.rounds)
    print_table(rows)
    sys.exit(0 if all(row.holds for row in rows) else 1)


if __name__ == "__main__":
    main()
