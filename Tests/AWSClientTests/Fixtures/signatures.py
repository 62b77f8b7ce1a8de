"""Signs requests as botocore does: a line of JSON in, a line of JSON out."""

import json
import sys
from datetime import datetime, timezone

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def signed(case):
    moment = datetime.fromtimestamp(case["time"], timezone.utc)
    # The one place from which botocore 1.43 takes its time.
    botocore.auth.get_current_datetime = lambda remove_tzinfo=True: moment.replace(tzinfo=None)
    credentials = Credentials(case["key"], case["secret"], case["token"])
    request = AWSRequest(
        method=case["method"], url=case["url"], headers=dict(case["headers"]), data=case["body"].encode()
    )
    is_s3 = case["service"] == "s3"
    if case["expires"]:
        kind = botocore.auth.S3SigV4QueryAuth if is_s3 else botocore.auth.SigV4QueryAuth
        kind(credentials, case["service"], case["region"], expires=case["expires"]).add_auth(request)
        return {"url": request.url}
    kind = botocore.auth.S3SigV4Auth if is_s3 else botocore.auth.SigV4Auth
    signer = kind(credentials, case["service"], case["region"])
    signer._should_sha256_sign_payload = lambda request: case["payload"]
    signer.add_auth(request)
    return {"authorization": request.headers["Authorization"], "date": request.headers["X-Amz-Date"]}


for line in sys.stdin:
    print(json.dumps(signed(json.loads(line))), flush=True)
