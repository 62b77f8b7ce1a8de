#!/usr/bin/env bash
# certificates.sh FOLDER - an authority and the certificates of the tests: server, other-name, expired, client,
# another authority that signed nothing, and an empty file.
set -euo pipefail
cd "$1"
authority() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1.key" -out "$1.pem" \
        -days 30 -subj "/CN=$1" 2>/dev/null
}
# signed NAME SUBJECT-ALTERNATIVE-NAMES [OPTIONS...]
signed() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1.key" -out "$1.csr" \
        -subj "/CN=$1" 2>/dev/null
    printf 'subjectAltName=%s\n' "$2" >"$1.ext"
    openssl x509 -req -in "$1.csr" -CA authority.pem -CAkey authority.key -CAcreateserial -extfile "$1.ext" \
        -out "$1.pem" "${@:3}" 2>/dev/null
}
authority authority
authority stranger
signed server "IP:127.0.0.1,DNS:localhost,DNS:cluster.internal" -days 30
signed other-name "DNS:elsewhere.example" -days 30
signed expired "IP:127.0.0.1" -days -1
signed client "DNS:client" -days 30
: >empty.pem
