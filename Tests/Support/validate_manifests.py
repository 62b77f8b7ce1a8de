"""Validates Kubernetes manifests strictly, for the oldest supported and the newest known release.

Usage: validate_manifests.py FOLDER

Reads every .yaml file of the folder with PyYAML, all documents of it, and checks each object against the
schemas that kubernetes-validate carries. Prints one line a problem and ends with 1 when there are any.
"""

import functools
import json
import pathlib
import sys

import kubernetes_validate
import yaml
from kubernetes_validate import utils

OLDEST = "1.27"


def cache_schemas():
    """The package reads its files again for each object; there are thousands of objects."""
    utils.schema_contents = functools.lru_cache(maxsize=None)(utils.schema_contents)


def problem(manifest, release):
    try:
        kubernetes_validate.validate(manifest, release, strict=True)
    except kubernetes_validate.ValidationError as error:
        path = ".".join(str(step) for step in error.path)
        return f"{path}: {error.message}"
    except (kubernetes_validate.SchemaNotFoundError, kubernetes_validate.InvalidSchemaError) as error:
        return error.message
    return None


def main(folder):
    cache_schemas()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    releases = [OLDEST, utils.latest_version()]
    files = sorted(pathlib.Path(folder).glob("*.yaml"))
    verdicts = {}
    problems = 0
    for file in files:
        with file.open(encoding="utf-8") as stream:
            manifests = list(yaml.load_all(stream, Loader=loader))
        for manifest in manifests:
            # Services have many objects in common; equal ones get equal verdicts.
            key = json.dumps(manifest, sort_keys=True)
            if key not in verdicts:
                verdicts[key] = [(release, problem(manifest, release)) for release in releases]
            for release, message in verdicts[key]:
                if message:
                    problems += 1
                    print(f"{file.name}: {manifest['kind']}/{manifest['metadata']['name']} for {release}: {message}")
    print(f"{len(files)} files, {len(verdicts)} different objects, Kubernetes {' and '.join(releases)}: "
          f"{problems} problems")
    return 1 if problems or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
