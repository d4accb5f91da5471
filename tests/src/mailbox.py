"""A mailbox that tests read: an SMTP server that prints each letter as one line of JSON, its port before the first."""

import asyncio
import email
import email.policy
import json

from aiosmtpd.smtp import SMTP


class Mailbox:
    async def handle_DATA(self, server, session, envelope):
        if any("refused" in address for address in envelope.rcpt_tos):
            return "550 nobody of that name"
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        bodies = {part.get_content_type(): part.get_content() for part in letter.walk() if not part.is_multipart()}
        print(json.dumps({
            "to": envelope.rcpt_tos,
            "from": letter["From"],
            "subject": letter["Subject"],
            "text": bodies["text/plain"],
            "html": bodies["text/html"],
        }), flush=True)
        return "250 kept"


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Mailbox(), loop=loop), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
