"""Prints the line coverage of each target, from the JSON that `swift test --enable-code-coverage` exports."""

import argparse
import collections
import json
import pathlib
import sys

ENGINE_GROUPS = ("Foundations", "Engine", "Providers")


def percent(covered: int, lines: int) -> float:
    return 100 * covered / lines if lines else 100.0


def lines_by_target(report: dict, root: pathlib.Path) -> dict[tuple[str, str], list[int]]:
    """Covered and counted lines by (group, target), for the files below Sources/."""
    targets: dict[tuple[str, str], list[int]] = collections.defaultdict(lambda: [0, 0])
    for file in report["data"][0]["files"]:
        path = pathlib.Path(file["filename"])
        if not path.is_relative_to(root / "Sources"):
            continue
        group, target = path.relative_to(root / "Sources").parts[:2]
        summary = file["summary"]["lines"]
        targets[group, target][0] += summary["covered"]
        targets[group, target][1] += summary["count"]
    return targets


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("report", type=pathlib.Path)
    arguments.add_argument("--minimum", type=float, default=0, help="least coverage of the engine, in per cent")
    options = arguments.parse_args()

    targets = lines_by_target(json.loads(options.report.read_bytes()), pathlib.Path.cwd())
    engine = [0, 0]
    for (group, target), (covered, lines) in sorted(targets.items()):
        print(f"{group + '/' + target:<44} {covered:>6} of {lines:>6} lines {percent(covered, lines):6.1f} %")
        if group in ENGINE_GROUPS:
            engine = [engine[0] + covered, engine[1] + lines]
    for folder in sorted(folder for group in ENGINE_GROUPS for folder in pathlib.Path("Sources", group).glob("*/")):
        if folder.parts[1:] not in targets:
            print(f"{'/'.join(folder.parts[1:]):<44} not linked into any test")
    total = percent(*engine)
    print(f"{'engine (' + ', '.join(ENGINE_GROUPS) + ')':<44} {engine[0]:>6} of {engine[1]:>6} lines {total:6.1f} %")

    if total < options.minimum:
        print(f"coverage: error: the engine's {total:.1f} % is below {options.minimum:g} %", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
