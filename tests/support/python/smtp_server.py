"""A real SMTP server: prints one JSON object a line, first its port, then each mail that it takes."""
import argparse
import asyncio
import base64
import json
import ssl

from aiosmtpd.smtp import SMTP, AuthResult

options = argparse.ArgumentParser()
options.add_argument("--port", type=int, default=0)
options.add_argument("--user")
options.add_argument("--password")
options.add_argument("--cert")
options.add_argument("--key")
options.add_argument("--starttls", action="store_true")
given = options.parse_args()


class Handler:
    async def handle_DATA(self, server, session, envelope):
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "encrypted": server.transport.get_extra_info("ssl_object") is not None,
            "login": bool(session.authenticated),
            "data": base64.b64encode(envelope.content).decode(),
        }
        print(json.dumps(mail), flush=True)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    right = data.login == given.user.encode() and data.password == given.password.encode()
    return AuthResult(success=right, handled=False)


async def main():
    tls = None
    if given.cert:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(given.cert, given.key)
    login = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False} if given.user else {}

    def protocol():
        return SMTP(
            Handler(),
            hostname="mail.test",
            enable_SMTPUTF8=True,
            tls_context=tls if given.starttls else None,
            require_starttls=given.starttls,
            loop=loop,
            **login,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        protocol, "127.0.0.1", given.port, ssl=None if given.starttls else tls
    )
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await server.serve_forever()


asyncio.run(main())
