"""Checks a JSON Schema (2020-12), and that it accepts the YAML files of one folder and refuses those of another.

    validate_schema.py SCHEMA ACCEPT REFUSE
"""

import json
import pathlib
import sys

import jsonschema
import yaml


def files(folder):
    return sorted(pathlib.Path(folder).rglob("*.yaml"))


def errors(validator, file):
    documents = yaml.safe_load_all(file.read_text(encoding="utf-8"))
    return [error for document in documents for error in validator.iter_errors(document)]


def main():
    schema = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failures = 0
    for file in files(sys.argv[2]):
        for error in errors(validator, file):
            print(f"{file}: {error.json_path}: {error.message[:200]}")
            failures += 1
    for file in files(sys.argv[3]):
        if not errors(validator, file):
            print(f"{file}: is accepted: {file.read_text(encoding='utf-8')}")
            failures += 1
    print(f"{len(files(sys.argv[2]))} accepted, {len(files(sys.argv[3]))} refused, {failures} failures")
    return 1 if failures else 0


sys.exit(main())
