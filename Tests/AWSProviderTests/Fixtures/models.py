"""Compares requests with the models that AWS publishes, as botocore carries them: a line of JSON in, a line out.

In: {"service": "s3", "method": "PUT", "path": "/bucket", "query": "tagging", "headers": {}, "body": "..."}
Out: {"operation": "s3:PutBucketTagging", "problems": []}
In: {"right": "s3:GetObject"}
Out: {"exists": true}
"""

import functools
import json
import re
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree

import botocore.loaders
from botocore.model import ServiceModel
from botocore.validate import ParamValidator
from moto.iam.aws_managed_policies import aws_managed_policies_data

NAMES = {"servicequotas": "service-quotas", "tagging": "resourcegroupstaggingapi"}
loader = botocore.loaders.create_loader()
models = {}


def model(service):
    name = NAMES.get(service, service)
    if name not in models:
        models[name] = ServiceModel(loader.load_service_model(name, "service-2"), name)
    return models[name]


class Problems(list):
    def check(self, holds, text):
        if not holds:
            self.append(text)


def scalar(shape, text, problems):
    kind = shape.type_name
    if kind in ("integer", "long"):
        problems.check(re.fullmatch(r"-?\d+", text), f"{shape.name}: {text!r} is no number")
        return int(text) if re.fullmatch(r"-?\d+", text) else 0
    if kind == "boolean":
        problems.check(text in ("true", "false"), f"{shape.name}: {text!r} is no boolean")
        return text == "true"
    if kind in ("float", "double"):
        return float(text)
    if kind == "string" and shape.enum:
        problems.check(text in shape.enum, f"{shape.name}: {text!r} is none of {shape.enum}")
    return text


def enums(shape, value, problems, path=""):
    """What ParamValidator leaves out: values of enumerations."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for key, inner in value.items():
            if key in shape.members:
                enums(shape.members[key], inner, problems, f"{path}.{key}")
            else:
                problems.append(f"{path}: {shape.name} has no member {key}")
    elif shape.type_name == "list" and isinstance(value, list):
        for inner in value:
            enums(shape.member, inner, problems, path)
    elif shape.type_name == "string" and shape.enum and isinstance(value, str):
        # Machines and versions are newer than any model; all others are complete.
        if shape.name not in ("InstanceType",):
            problems.check(value in shape.enum, f"{path}: {value!r} is none of {shape.enum}")


def from_xml(shape, element, problems):
    def bare(tag):
        return tag.split("}")[-1]
    if shape.type_name == "structure":
        names = {m.serialization.get("name", key): (key, m) for key, m in shape.members.items()}
        result = {}
        for child in element:
            if bare(child.tag) not in names:
                problems.append(f"{shape.name} has no element {bare(child.tag)}")
                continue
            key, member = names[bare(child.tag)]
            if member.type_name == "list" and member.serialization.get("flattened"):
                result.setdefault(key, []).append(from_xml(member.member, child, problems))
            else:
                result[key] = from_xml(member, child, problems)
        return result
    if shape.type_name == "list":
        name = shape.member.serialization.get("name", "member")
        for child in element:
            problems.check(bare(child.tag) == name, f"{shape.name}: {bare(child.tag)} is not {name}")
        return [from_xml(shape.member, child, problems) for child in element]
    return scalar(shape, element.text or "", problems)


def from_query(shape, values, prefix, problems, is_ec2):
    """Parameters such as Tags.member.1.Key as the structure that they stand for."""
    if shape.type_name == "structure":
        result = {}
        for key, member in shape.members.items():
            name = member.serialization.get("queryName") if is_ec2 else None
            name = name or member.serialization.get("name", key)
            if is_ec2:
                name = name[0].upper() + name[1:]
            full = f"{prefix}.{name}" if prefix else name
            if full in values or any(v.startswith(full + ".") for v in values):
                result[key] = from_query(member, values, full, problems, is_ec2)
        return result
    if shape.type_name == "list":
        flat = is_ec2 or shape.serialization.get("flattened")
        base = prefix if flat else f"{prefix}.{shape.member.serialization.get('name', 'member')}"
        result, index = [], 1
        while f"{base}.{index}" in values or any(v.startswith(f"{base}.{index}.") for v in values):
            result.append(from_query(shape.member, values, f"{base}.{index}", problems, is_ec2))
            index += 1
        return result
    values_used.add(prefix)
    return scalar(shape, values[prefix], problems)


values_used = set()


def rest_operation(service, request):
    """The operation whose address it is, the most telling first."""
    given = urllib.parse.parse_qsl(request["query"], keep_blank_values=True)
    best = None
    for name in service.operation_names:
        http = service.operation_model(name).http
        path, _, fixed = http["requestUri"].partition("?")
        if http["method"] != request["method"] or service.operation_model(name).deprecated:
            continue
        fixed = dict(urllib.parse.parse_qsl(fixed, keep_blank_values=True))
        if any((key, value) not in given for key, value in fixed.items()):
            continue
        pattern = "".join(
            f"(?P<{part[1:-1].rstrip('+')}>.+)" if part.endswith("+}") else f"(?P<{part[1:-1]}>[^/]+)"
            if part.startswith("{") else re.escape(part)
            for part in re.split(r"(\{[^}]+\})", path))
        found = re.fullmatch(pattern + "/?", request["path"])
        if not found:
            continue
        rank = (len(fixed), -path.count("{"))
        if best is None or rank > best[0]:
            best = (rank, name, {k: urllib.parse.unquote(v) for k, v in found.groupdict().items()}, fixed, given)
    return best


def rest(service, request, problems):
    found = rest_operation(service, request)
    if not found:
        problems.append(f"no operation of {service.service_name} is {request['method']} {request['path']}")
        return None
    _, name, uri, fixed, given = found
    operation = service.operation_model(name)
    shape, parameters = operation.input_shape, {}
    if shape is None:
        return name
    rest_of_query = {k: v for k, v in given if k not in fixed}
    body = {}
    for key, member in shape.members.items():
        location = member.serialization.get("location")
        serial = member.serialization.get("name", key)
        if location == "uri":
            parameters[key] = uri.get(serial, uri.get(key, ""))
        elif location == "querystring":
            if serial in rest_of_query:
                parameters[key] = scalar(member, rest_of_query.pop(serial), problems)
        elif location == "header":
            value = next((v for k, v in request["headers"].items() if k.lower() == serial.lower()), None)
            if value is not None:
                parameters[key] = scalar(member, value, problems)
        elif location is None:
            body[key] = member
    for left in rest_of_query:
        problems.append(f"{name} has no parameter {left}")
    payload = shape.serialization.get("payload")
    if request["body"]:
        if service.metadata["protocol"] == "rest-json":
            document = json.loads(request["body"])
            names = {m.serialization.get("name", k): k for k, m in body.items()}
            for key, value in document.items():
                if key in names:
                    parameters[names[key]] = value
                else:
                    problems.append(f"{name} has no member {key}")
        elif payload and shape.members[payload].type_name == "structure":
            element = ElementTree.fromstring(request["body"])
            expected = shape.members[payload].serialization.get("name", payload)
            problems.check(element.tag.split("}")[-1] == expected, f"{name}: {element.tag} is not {expected}")
            parameters[payload] = from_xml(shape.members[payload], element, problems)
        elif payload:
            parameters[payload] = request["body"]
    validate(shape, parameters, problems)
    return name


def validate(shape, parameters, problems):
    report = ParamValidator().validate(parameters, shape)
    if report.has_errors():
        problems.append(report.generate_report())
    enums(shape, parameters, problems)


def check(request):
    problems = Problems()
    service = model(request["service"])
    protocol = service.metadata["protocol"]
    if protocol in ("query", "ec2"):
        values = dict(urllib.parse.parse_qsl(request["body"] or request["query"], keep_blank_values=True))
        name = values.pop("Action")
        problems.check(values.pop("Version") == service.api_version, "another version")
        shape = service.operation_model(name).input_shape
        values = {key: value for key, value in values.items() if not key.startswith("X-Amz-")}
        values_used.clear()
        if shape is not None:
            validate(shape, from_query(shape, values, "", problems, protocol == "ec2"), problems)
        for left in set(values) - values_used:
            problems.append(f"{name} has no parameter {left}")
    elif protocol == "json":
        target = request["headers"]["X-Amz-Target"]
        prefix, name = target.rsplit(".", 1)
        problems.check(prefix == service.metadata["targetPrefix"], f"{prefix} is not the service's prefix")
        version = service.metadata["jsonVersion"]
        problems.check(
            request["headers"]["Content-Type"] == f"application/x-amz-json-{version}", "another content type")
        validate(service.operation_model(name).input_shape, json.loads(request["body"]), problems)
    else:
        name = rest(service, request, problems)
    return {"operation": f"{request['service']}:{name}", "problems": list(problems)}


@functools.cache
def rights():
    """Those that the managed policies of AWS name, as moto carries them."""
    found = set()
    for policy in json.loads(aws_managed_policies_data).values():
        statements = policy["Document"]["Statement"]
        for statement in statements if isinstance(statements, list) else [statements]:
            actions = statement.get("Action", [])
            found.update([actions] if isinstance(actions, str) else actions)
    return found


for line in sys.stdin:
    question = json.loads(line)
    answer = {"exists": question["right"] in rights()} if "right" in question else check(question)
    print(json.dumps(answer), flush=True)
