"""Fails when a source file imports a module that its target does not declare in Package.swift.

`swift build --explicit-target-dependency-import-check error` checks this too, but SwiftPM skips every
target that holds generated sources or depends directly on one that does: Profiles, Templates and all
that read them. It also says neither file nor line. This check covers all Swift targets.

It refuses `import Foundation` below Sources/ as well: one such import links all of Foundation, which
makes the release binary several times larger. FoundationEssentials is the part that this project uses.
"""

import json
import pathlib
import re
import subprocess
import sys

TOOLCHAIN_MODULES = {
    "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "PackagePlugin", "Swift", "Synchronization", "Testing",
}
DEFAULT_FOLDERS = {"test": "Tests", "plugin": "Plugins"}
IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?"
    r"import\s+(?:(?:struct|class|enum|protocol|typealias|func|let|var)\s+)?(\w+)",
    re.MULTILINE,
)

# String literals and comments: what they hold is no import of this file, and what looks like the start of a comment in
# a string is none.
NOT_CODE = re.compile(
    r'#"""[\s\S]*?"""#|"""[\s\S]*?"""|#"[^\n]*?"#|"(?:\\.|[^"\\\n])*"|//.*|/\*[\s\S]*?\*/')


def declared_modules(target: dict) -> set[str]:
    """The modules that a target may import. A product is named like its module in every dependency here."""
    names = (next(iter(dependency.values()))[0] for dependency in target["dependencies"])
    return {name.replace("-", "_") for name in names}


def problems(target: dict) -> list[str]:
    folder = pathlib.Path(target.get("path") or f"{DEFAULT_FOLDERS.get(target['type'], 'Sources')}/{target['name']}")
    allowed = TOOLCHAIN_MODULES | declared_modules(target)
    found = []
    for file in sorted(folder.rglob("*.swift")):
        source = NOT_CODE.sub(lambda text: "\n" * text[0].count("\n"), file.read_text(encoding="utf-8"))
        for match in IMPORT.finditer(source):
            module = match[1]
            position = f"{file}:{source.count(chr(10), 0, match.start(1)) + 1}"
            if module not in allowed:
                found.append(f"{position}: error: {target['name']} imports {module} without declaring it")
            elif module == "Foundation" and file.parts[0] == "Sources":
                found.append(f"{position}: error: {target['name']} imports Foundation; use FoundationEssentials")
    return found


def main() -> int:
    manifest = subprocess.run(["swift", "package", "dump-package"], check=True, stdout=subprocess.PIPE).stdout
    found = [problem for target in json.loads(manifest)["targets"] for problem in problems(target)]
    print("\n".join(found), end="\n" if found else "", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
