#!/usr/bin/env bash
# From a fresh checkout to a running service: set-up, release build, and the story of examples/quickstart. Safe to run
# again: what is installed, built or running already is left as it is.
#
# The service is left running; QUICKSTART_DESTROY=1 destroys it at the end.
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

destroy=${QUICKSTART_DESTROY:-0}

scripts/setup.sh
scripts/build-release.sh >&2

say "Running examples/quickstart"
(
    cd examples/quickstart
    PATH="$PWD/../../dist:$PATH" QUICKSTART_DESTROY=$destroy QUICKSTART_OUTPUT="$PWD/../../dist/quickstart.csv" ./run.sh
)

say "The records are in dist/quickstart.csv"
[[ $destroy != 1 ]] || exit 0
cat >&2 <<EOF
==> The service goes on running. From here:
      export PATH="$PWD/dist:\$PATH"
      synthdata-infra status --watch             # how it fares, live
      synthdata-infra logs quickstart            # what its replicas wrote; the files are below
                                                 # ${XDG_STATE_HOME:-$HOME/.local/state}/synthdata-infra/local
      synthdata-infra scale --service quickstart --replicas 2
      synthdata-infra destroy quickstart         # stop it; --delete-data removes its data and logs, too
EOF
