"""Missing: TLS, unless the machine trusts a certificate for it.

Instead: It treats requests as if a proxy terminated TLS, so that conditions on TLS are evaluated and true.
"""

from ministack import app as ministack

FORWARDED_PROTOCOL = b"x-forwarded-proto"


def stand_behind_tls():
    serve = ministack.app

    async def serve_as_if_tls_ended_before(scope, receive, send):
        headers = scope.get("headers", [])
        if scope["type"] == "http" and not any(name == FORWARDED_PROTOCOL for name, _value in headers):
            scope = {**scope, "headers": [*headers, (FORWARDED_PROTOCOL, b"https")]}
        await serve(scope, receive, send)

    ministack.app = serve_as_if_tls_ended_before
