"""Services of the cluster's own, as the API server calls them: an admission webhook and, on request, metrics.k8s.io."""

import base64
import json
import pathlib

from events import now
from responder import Responder

NAMESPACE = "kube-system"
# An object with this annotation, or with it in its pod template, is denied; the value is the reason.
DENY = "played.example/deny"
# The webhook is asked for objects in namespaces with this label only.
ENFORCED = "played.example/policy"
POLICY_ADDRESS, METRICS_ADDRESS = "10.96.0.20", "10.96.0.21"


def _create_service(client, name, address):
    client.create_if_absent(f"/api/v1/namespaces/{NAMESPACE}/services", {
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
        "spec": {"clusterIP": address, "ports": [{"port": 443}]},
    })


def create_policy(client, authority):
    _create_service(client, "policy", POLICY_ADDRESS)
    client.create_if_absent("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", {
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "policy"},
        "webhooks": [{
            "name": "policy.played.example", "admissionReviewVersions": ["v1"], "sideEffects": "None",
            "namespaceSelector": {"matchLabels": {ENFORCED: "enforced"}}, "failurePolicy": "Fail",
            "rules": [{"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["CREATE", "UPDATE"],
                       "resources": ["deployments", "pods", "services", "configmaps"]}],
            "clientConfig": {
                "service": {"namespace": NAMESPACE, "name": "policy", "path": "/validate"},
                "caBundle": base64.b64encode(pathlib.Path(authority).read_bytes()).decode(),
            },
        }],
    })


def create_metrics(client):
    _create_service(client, "metrics-server", METRICS_ADDRESS)
    # The aggregator wants an endpoint to exist; it calls the service's address.
    client.create_if_absent(f"/api/v1/namespaces/{NAMESPACE}/endpoints", {
        "apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "metrics-server"},
        "subsets": [{"addresses": [{"ip": "10.244.255.1"}], "ports": [{"port": 443}]}],
    })
    client.create_if_absent("/apis/apiregistration.k8s.io/v1/apiservices", {
        "apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": {"name": "v1beta1.metrics.k8s.io"},
        "spec": {"group": "metrics.k8s.io", "version": "v1beta1", "groupPriorityMinimum": 100, "versionPriority": 100,
                 "insecureSkipTLSVerify": True, "service": {"namespace": NAMESPACE, "name": "metrics-server"}},
    })


class PolicyHandler(Responder):
    """An admission webhook: AdmissionReview in, AdmissionReview out (admission.k8s.io/v1)."""

    def do_POST(self):
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        subject = review["request"]["object"]
        template = subject.get("spec", {}).get("template", {})
        reasons = [each.get("metadata", {}).get("annotations", {}).get(DENY) for each in (subject, template)]
        response = {"uid": review["request"]["uid"], "allowed": not any(reasons)}
        if any(reasons):
            response["status"] = {"code": 403, "message": next(filter(None, reasons))}
        self.answer_json({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response})


class MetricsHandler(Responder):
    """metrics.k8s.io/v1beta1: half a core and 128 MiB for each running container."""

    def do_GET(self):
        parts = self.path.partition("?")[0].strip("/").split("/")
        if parts[:2] != ["apis", "metrics.k8s.io"]:
            return self.answer(404, "not found\n")
        rest = parts[3:]
        if not rest:
            resources = [{"name": "pods", "singularName": "", "namespaced": True, "kind": "PodMetrics",
                          "verbs": ["get", "list"]}]
            return self.answer_json({"kind": "APIResourceList", "apiVersion": "v1",
                                     "groupVersion": "metrics.k8s.io/v1beta1", "resources": resources})
        namespace = rest[1] if rest[0] == "namespaces" else None
        items = [_metrics(pod) for pod in self.context.running() if namespace in (None, pod.namespace)]
        return self.answer_json({"kind": "PodMetricsList", "apiVersion": "metrics.k8s.io/v1beta1", "metadata": {},
                                 "items": items})


def _metrics(pod):
    labels = pod.manifest["metadata"].get("labels", {})
    return {
        "metadata": {"name": pod.name, "namespace": pod.namespace, "labels": labels}, "timestamp": now(),
        "window": "30s", "containers": [{"name": each.name, "usage": {"cpu": "500m", "memory": "128Mi"}}
                                        for each in pod.regular if each.running],
    }
