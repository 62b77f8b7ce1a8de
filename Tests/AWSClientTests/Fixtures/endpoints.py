"""Finds hosts by botocore's own rules: a line of JSON in, a line of JSON out."""

import json
import sys

import botocore.loaders
from botocore.endpoint_provider import EndpointProvider

loader = botocore.loaders.create_loader()
partitions = loader.load_data("partitions")
providers = {}


def endpoint(case):
    service = case["service"]
    if service not in providers:
        rules = loader.load_service_model(service, "endpoint-rule-set-1")
        providers[service] = EndpointProvider(rules, partitions)
    found = providers[service].resolve_endpoint(
        Region=case["region"], UseFIPS=case["fips"], UseDualStack=case["dual"]
    )
    schemes = found.properties.get("authSchemes", [])
    region = next((scheme["signingRegion"] for scheme in schemes if scheme["name"] == "sigv4"), case["region"])
    return {"url": found.url, "region": region}


for line in sys.stdin:
    print(json.dumps(endpoint(json.loads(line))), flush=True)
