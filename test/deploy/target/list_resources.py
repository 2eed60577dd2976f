"""Lists what an account holds. Reads the calls from stdin as JSON, writes the responses in their order as JSON."""

import json
import sys

import jmespath
from botocore.config import Config
from botocore.session import get_session


def list_names(session, call):
    client = session.create_client(call["service"], config=Config(retries={"max_attempts": 5}))
    operation, parameters = call["operation"], call.get("parameters", {})
    if client.can_paginate(operation):
        pages = client.get_paginator(operation).paginate(**parameters)
    else:
        pages = [getattr(client, operation)(**parameters)]
    return [name for page in pages for name in jmespath.search(call["select"], page) or []]


session = get_session()
json.dump([list_names(session, call) for call in json.load(sys.stdin)], sys.stdout)
