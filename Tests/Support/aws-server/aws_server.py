"""AWS on loopback, as moto plays it, with a cluster of EKS whose API server is a real one.

Prints its address, then answers each line of JSON on standard input by one on standard output, and ends with its input:

    {"do": "boto", "service": "s3", "operation": "list_buckets", "arguments": {}}
        what boto3, another client than the one that is tested, gets from it
    {"do": "faults", "rules": [{"operation": "CreateRole", "skip": 1, "count": 2, "status": 503, "code": "..."}]}
        answers some requests itself; "drop": true cuts the connection after they were carried out
    {"do": "chance", "seed": 1, "rate": 0.1}
        lets so many fail by chance, the same ones for the same seed; a rate of 0 ends that
    {"do": "distance", "seconds": 0.3}
        answers each request so much later
    {"do": "log"}
        the requests since the last question: method, path, operation, whether it can change anything
"""

import argparse
import base64
import datetime
import html
import io
import json
import os
import random
import re
import socket
import sys
import threading
import time
import urllib.parse

os.environ.setdefault("AWS_ACCESS_KEY_ID", "testing")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "testing")
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

import boto3  # noqa: E402
import moto.cloudfront.models  # noqa: E402
import moto.eks.models  # noqa: E402
import werkzeug.serving  # noqa: E402
from moto.backends import get_backend  # noqa: E402
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: E402

# A group that nobody asked remote access for has none: Terraform would make it anew each time.
moto.eks.models.DEFAULT_REMOTE_ACCESS = None
# What EKS says of a group's updates, and moto does not.
moto.eks.models.Nodegroup.__setattr__ = lambda self, name, value: object.__setattr__(
    self, name, value or {"maxUnavailable": 1} if name == "update_config" else value)

# An origin is read by an access control, which moto forgets.
origin = moto.cloudfront.models.Origin.__init__


def remember_access_control(self, values):
    origin(self, values)
    self.origin_access_control_id = values.get("OriginAccessControlId") or ""


moto.cloudfront.models.Origin.__init__ = remember_access_control

ACCOUNT = "123456789012"
READING = ("Describe", "Get", "List", "Head", "BatchGet")
REST = [
    (r"^/clusters/[^/]+/node-groups$", {"GET": "ListNodegroups", "POST": "CreateNodegroup"}),
    (r"^/clusters/[^/]+/node-groups/[^/]+$", {"GET": "DescribeNodegroup", "DELETE": "DeleteNodegroup"}),
    (r"^/clusters/[^/]+/node-groups/[^/]+/update-config$", {"POST": "UpdateNodegroupConfig"}),
    (r"^/clusters/[^/]+/pod-identity-associations$",
     {"GET": "ListPodIdentityAssociations", "POST": "CreatePodIdentityAssociation"}),
    (r"^/clusters/[^/]+/pod-identity-associations/[^/]+$",
     {"GET": "DescribePodIdentityAssociation", "POST": "UpdatePodIdentityAssociation",
      "DELETE": "DeletePodIdentityAssociation"}),
    (r"^/clusters/[^/]+/updates/[^/]+$", {"GET": "DescribeUpdate"}),
    (r"^/clusters/[^/]+$", {"GET": "DescribeCluster"}),
    (r"^/clusters$", {"GET": "ListClusters"}),
]


def operation(method, path, query, headers, body):
    target = headers.get("X-Amz-Target")
    if target:
        return target.rsplit(".", 1)[-1]
    for text in (query, body.decode("utf-8", "replace")):
        found = re.search(r"(?:^|&)Action=([A-Za-z0-9]+)", text)
        if found:
            return found[1]
    for pattern, operations in REST:
        if re.match(pattern, path) and method in operations:
            return operations[method]
    return f"{method} {path}?{query}"


# What a service at its worst does to any request.
CHANCES = [
    {"code": "Throttling"}, {"code": "TooManyRequestsException", "status": 429}, {"status": 500}, {"status": 503},
    {"code": "ExpiredToken", "status": 403}, {"drop": True}, {"drop": True},
]


class Faults:
    """Answers some requests instead of the service, and remembers all."""

    def __init__(self, application):
        self.application = application
        self.lock = threading.Lock()
        self.working = threading.Lock()
        self.rules = []
        self.chance = {"seed": 0, "rate": 0}
        self.counts = {}
        self.distance = 0
        self.log = []
        self.associations = {}

    def __call__(self, environ, start_response):
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
        environ["wsgi.input"] = io.BytesIO(body)
        signed = dict(urllib.parse.parse_qsl(environ.get("QUERY_STRING", "")))
        if "X-Amz-Credential" in signed:
            # moto finds the service of a signed address by its header.
            environ["HTTP_AUTHORIZATION"] = (
                f"AWS4-HMAC-SHA256 Credential={signed['X-Amz-Credential']}, "
                f"SignedHeaders={signed['X-Amz-SignedHeaders']}, Signature={signed['X-Amz-Signature']}")
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        headers = {"X-Amz-Target": environ.get("HTTP_X_AMZ_TARGET")}
        name = operation(method, path, environ.get("QUERY_STRING", ""), headers, body)
        rest = not re.match(r"^[A-Za-z]+$", name)
        mutating = method not in ("GET", "HEAD") if rest else not name.startswith(READING)
        with self.lock:
            self.log.append({"method": method, "path": path, "operation": name, "mutating": mutating})
            # Who signed a token the API server asks, and it is not what is tried out.
            rule = None if "X-Amz-Credential" in signed else self._rule(name)
        time.sleep(self.distance)
        if rule and not rule.get("drop"):
            # How the services tell of errors: S3, EC2, those of forms and CloudFront, and those of JSON.
            if not re.match(r"^[A-Za-z]+$", name) and not path.startswith(("/2020-05-31/", "/tags/")):
                frame = "{}"
            elif b"Version=2016-11-15" in body:
                frame = "<Response><Errors>{}</Errors><RequestID>played</RequestID></Response>"
            elif "urlencoded" in environ.get("CONTENT_TYPE", "") or path.startswith("/2020-05-31/"):
                frame = "<ErrorResponse>{}<RequestId>played</RequestId></ErrorResponse>"
            else:
                frame = None
            return self._answer(rule, frame, start_response)
        if "pod-identity-associations" in path:
            answer = self._association(method, path, environ.get("QUERY_STRING", ""), body, start_response)
        elif name == "DescribeUpdate":
            answer = self._update(path, start_response)
        else:
            # moto works on one request at a time.
            with self.working:
                answer = list(self.application(environ, start_response))
        if rule:
            list(answer)
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError("dropped on purpose")
        return answer

    def _rule(self, name):
        for rule in self.rules:
            if not re.fullmatch(rule["operation"], name):
                continue
            if rule.get("skip", 0) > 0:
                rule["skip"] -= 1
                return None
            if rule.get("count", 1) > 0:
                rule["count"] = rule.get("count", 1) - 1
                return rule
        # By its number among its like: what comes at once comes in any order.
        self.counts[name] = self.counts.get(name, 0) + 1
        chance = random.Random(f"{self.chance['seed']} {name} {self.counts[name]}")
        return chance.choice(CHANCES) if chance.random() < self.chance["rate"] else None

    @staticmethod
    def _answer(rule, frame, start_response):
        code = rule.get("code", "InternalFailure")
        message = rule.get("message", code)
        if frame:
            error = f"<Error><Code>{code}</Code><Message>{html.escape(message)}</Message></Error>"
            text, kind = rule.get("body") or frame.format(error), "text/xml"
        else:
            text, kind = rule.get("body") or json.dumps({"message": message, "__type": code}), "application/json"
        moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=rule.get("ahead", 0))
        headers = [
            ("x-amzn-ErrorType", code), ("Content-Type", kind),
            ("Date", moment.strftime("%a, %d %b %Y %H:%M:%S GMT")),
        ]
        start_response(f"{rule.get('status', 400)} X", headers)
        return [text.encode()]

    @staticmethod
    def _update(path, start_response):
        """Updates of a node group, which moto makes at once and does not remember."""
        start_response("200 X", [("Content-Type", "application/json")])
        update = {"id": path.rsplit("/", 1)[-1], "status": "Successful", "type": "ConfigUpdate"}
        return [json.dumps({"update": update}).encode()]

    def _association(self, method, path, query, body, start_response):
        """Pod Identity, which moto does not have: shapes of botocore's model."""
        parts = path.strip("/").split("/")
        cluster, key = parts[1], parts[3] if len(parts) > 3 else None

        def answer(status, document):
            start_response(f"{status} X", [("Content-Type", "application/json")])
            return [json.dumps(document).encode()]

        with self.lock:
            if key is None and method == "GET":
                wanted = dict(urllib.parse.parse_qsl(query))
                found = [
                    {k: a[k] for k in ("clusterName", "namespace", "serviceAccount", "associationId")}
                    for a in self.associations.values()
                    if all(a.get(k) == v for k, v in wanted.items() if k in ("namespace", "serviceAccount"))
                ]
                return answer(200, {"associations": found})
            if key is None:
                document = json.loads(body)
                for known in self.associations.values():
                    if (known["namespace"], known["serviceAccount"]) == (
                            document["namespace"], document["serviceAccount"]):
                        start_response("409 X", [("x-amzn-ErrorType", "ResourceInUseException")])
                        return [b'{"message": "Association already exists"}']
                key = f"a-{len(self.associations) + 1:017d}"
                self.associations[key] = {
                    "clusterName": cluster, "createdAt": time.time(), "associationId": key, **document,
                    "associationArn": f"arn:aws:eks:us-east-1:{ACCOUNT}:podidentityassociation/{cluster}/{key}",
                }
                return answer(200, {"association": self.associations[key]})
            if key not in self.associations:
                start_response("404 X", [("x-amzn-ErrorType", "ResourceNotFoundException")])
                return [b'{"message": "No association"}']
            if method == "POST":
                self.associations[key].update(json.loads(body))
            found = self.associations.pop(key) if method == "DELETE" else self.associations[key]
            return answer(200, {"association": found})


class Server(werkzeug.serving.WSGIRequestHandler):
    def send_response(self, code, message=None):
        # Without a date of its own: an answer may have another.
        self.send_response_only(code, message)

    def log(self, *arguments):
        pass


def make_cluster(client, options, region):
    ec2 = client("ec2")
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]][:2]
    role = client("iam").create_role(
        RoleName="cluster", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []}))
    client("eks").create_cluster(
        name=options.cluster, version="1.33", roleArn=role["Role"]["Arn"],
        resourcesVpcConfig={"subnetIds": subnets})
    cluster = get_backend("eks")[ACCOUNT][region].clusters[options.cluster]
    if options.endpoint:
        cluster.endpoint = options.endpoint
    if options.authority:
        with open(options.authority, "rb") as file:
            cluster.certificate_authority = {"data": base64.b64encode(file.read()).decode()}


def plain(value):
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if hasattr(value, "read"):
        return value.read().decode("utf-8", "replace")
    raise TypeError(type(value))


def carry_out(command, client, faults):
    if command["do"] == "faults":
        with faults.lock:
            faults.rules = command["rules"]
        return {}
    if command["do"] == "chance":
        with faults.lock:
            faults.chance, faults.counts = command, {}
        return {}
    if command["do"] == "distance":
        faults.distance = command["seconds"]
        return {}
    if command["do"] == "log":
        with faults.lock:
            log, faults.log = faults.log, []
        return {"requests": log}
    operation = getattr(client(command["service"]), command["operation"])
    try:
        result = operation(**command.get("arguments", {}))
        result.pop("ResponseMetadata", None)
        return {"result": result}
    except Exception as error:  # noqa: BLE001
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cluster", default="production")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--endpoint")
    parser.add_argument("--authority")
    options = parser.parse_args()
    faults = Faults(DomainDispatcherApplication(create_backend_app))
    server = werkzeug.serving.make_server(
        "127.0.0.1", 0, faults, threaded=True, request_handler=Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    clients = {}

    def client(service):
        if service not in clients:
            clients[service] = boto3.client(service, region_name=options.region, endpoint_url=address)
        return clients[service]

    make_cluster(client, options, options.region)
    with faults.lock:
        faults.log = []
    print(address, flush=True)
    for line in sys.stdin:
        print(json.dumps(carry_out(json.loads(line), client, faults), default=plain), flush=True)


main()
