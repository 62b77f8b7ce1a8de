"""Finds credentials and reads shared files as botocore does: a line of JSON in, a line of JSON out.

The services that hand out sessions are played here: what they give out says what they were asked.
"""

import json
import os
import shlex
import sys
from datetime import datetime, timezone

import botocore.credentials
import botocore.session
import botocore.tokens
import botocore.utils
from dateutil.parser import parse

END = "2099-01-01T00:00:00Z"
TIME = datetime(2099, 1, 1, tzinfo=timezone.utc)


def session_keys(*words):
    key = "(".join([words[0], ",".join(str(word) for word in words[1:]) + ")"])
    return {
        "AccessKeyId": key, "SecretAccessKey": "secret", "SessionToken": "token", "Expiration": TIME,
    }


class Refused(Exception):
    pass


class Service:
    """STS, SSO and SSO-OIDC at once."""

    class exceptions:
        UnauthorizedException = Refused

    def __init__(self, access_key=None):
        self.access_key = access_key

    @staticmethod
    def name(kwargs):
        name = kwargs["RoleSessionName"]
        return "-" if name.startswith("botocore-session-") else name

    def assume_role(self, **kwargs):
        words = [kwargs.get(key, "-") for key in ("ExternalId", "DurationSeconds", "SerialNumber", "TokenCode")]
        return {"Credentials": session_keys("role", kwargs["RoleArn"], self.name(kwargs), *words, self.access_key)}

    def assume_role_with_web_identity(self, **kwargs):
        return {
            "Credentials": session_keys("web", kwargs["RoleArn"], self.name(kwargs), kwargs["WebIdentityToken"])
        }

    def get_role_credentials(self, **kwargs):
        if kwargs["accessToken"] == "refused":
            raise Refused
        keys = session_keys("sso", kwargs["accountId"], kwargs["roleName"], kwargs["accessToken"])
        return {
            "roleCredentials": {
                "accessKeyId": keys["AccessKeyId"], "secretAccessKey": "secret", "sessionToken": "token",
                "expiration": int(TIME.timestamp() * 1000),
            }
        }

    def create_token(self, **kwargs):
        words = ",".join([kwargs["refreshToken"], kwargs["clientId"], kwargs["clientSecret"]])
        return {"accessToken": f"renewed({words})", "expiresIn": 3600, "refreshToken": "next"}


def creator(session, region):
    return lambda service, **kwargs: Service(kwargs.get("aws_access_key_id"))


# The machine is busy with other tests, and nobody is in trouble for real.
botocore.utils.ContainerMetadataFetcher.TIMEOUT_SECONDS = 60
botocore.utils.ContainerMetadataFetcher.SLEEP_TIME = 0
botocore.credentials._get_client_creator = creator
botocore.tokens.create_nested_client = lambda *words, **kwargs: Service()
botocore.session.Session.create_client = lambda *words, **kwargs: Service()


def session(question):
    os.environ.clear()
    os.environ.update(question["environment"])
    folder = os.path.expanduser("~/.aws/sso/cache")
    botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR = folder
    botocore.tokens.SSOTokenProvider._SSO_TOKEN_CACHE_DIR = folder
    return botocore.session.Session(profile=question.get("profile"))


def credentials(question):
    resolver = botocore.credentials.create_credential_resolver(session(question))
    roles = resolver.get_provider("assume-role")
    roles._prompter = lambda prompt: "123456"
    # The AWS CLI puts a cache here, botocore by itself has none.
    if question.get("cache"):
        roles.cache = botocore.utils.JSONFileCache(os.path.expanduser("~/.aws/cli/cache"))
    found = resolver.load_credentials()
    if found is None:
        return {}
    frozen = found.get_frozen_credentials()
    return {
        "method": found.method, "key": frozen.access_key, "secret": frozen.secret_key, "token": frozen.token,
    }


def files(question):
    config = session(question).full_config
    return {name: config.get(name, {}) for name in ("profiles", "sso_sessions", "services")}


ANSWERS = {
    "credentials": credentials,
    "files": files,
    "words": lambda question: {"words": shlex.split(question["text"])},
    "seconds": lambda question: {"seconds": int(parse(question["text"]).timestamp() // 1)},
}

for line in sys.stdin:
    asked = json.loads(line)
    try:
        answer = ANSWERS[asked["ask"]](asked)
    except Exception as error:  # Whatever it is, botocore gives none.
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
