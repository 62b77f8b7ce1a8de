#!/usr/bin/env bash
# The shortest story: a sample of customers, a service that learns from it, a thousand records that are nobody's.
#
# Run it in this folder with `synthdata-infra` on PATH. It destroys the service at the end; QUICKSTART_DESTROY=0 leaves
# it running. QUICKSTART_OUTPUT names the file for the records.
set -euo pipefail

destroy=${QUICKSTART_DESTROY:-1}
work=$(mktemp --directory)
records=${QUICKSTART_OUTPUT:-$work/records.csv}

clean_up() {
    rm -rf "$work"
    if [[ $destroy == 1 ]]; then synthdata-infra destroy quickstart --delete-data; fi
}
trap clean_up EXIT

# field KEY - a field of the service's status; empty while it is not known.
field() {
    synthdata-infra status quickstart -o json |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["items"][0].get(sys.argv[1], ""))' "$1"
}

echo "--- Deploy a service that learns from customers.csv"
synthdata-infra deploy --type tabular --name quickstart --set workload.sample="$PWD/customers.csv"

echo "--- Wait until its throughput is measured"
throughput=
for ((i = 0; i < 120; i++)); do
    throughput=$(field throughputPerHour)
    # Zero until the first whole interval has been counted.
    [[ -z $throughput || $throughput == 0 || $throughput == 0.0 ]] || break
    sleep 0.5
done
[[ -n $throughput && $throughput != 0 && $throughput != 0.0 ]] || {
    echo "no throughput was measured within a minute; see: synthdata-infra logs quickstart" >&2
    exit 1
}

echo "--- Generate 1,000 records: POST $(field endpoint)/generate"
python3 - "$(field endpoint)/generate" "$records" <<'EOF'
import sys, urllib.request

url, path = sys.argv[1:]
request = urllib.request.Request(url, data=b'{"rows": 1000}', headers={"Content-Type": "application/json"})
with urllib.request.urlopen(request, timeout=30) as response, open(path, "wb") as file:
    file.write(response.read())
EOF
head -n 4 "$records"
count=$(($(wc -l <"$records") - 1))
echo "… $count records"
[[ $count == 1000 ]]
# CSV has CRLF at the ends of its lines (RFC 4180).
[[ $(head -n 1 "$records" | tr -d '\r') == "$(head -n 1 customers.csv)" ]]

synthdata-infra status quickstart

echo "--- The same deployment again changes nothing"
synthdata-infra deploy --type tabular --name quickstart --set workload.sample="$PWD/customers.csv" 2>&1 | tee "$work/again"
grep --quiet unchanged "$work/again"
