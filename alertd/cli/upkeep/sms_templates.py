"""`alertd sms-templates`: the texts that a provider must have approved before any of them can be sent."""

from __future__ import annotations

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command
from alertd.cli.exits import Said


@command("sms-templates")
@click.argument("channel", metavar="CHANNEL", default="")
@as_json
def sms_templates(session: Session, channel: str, as_json: bool) -> None:
    from alertd.cli.output import print_json
    from alertd.messages.short import registered

    node = session.node
    known = {name: each.settings.texting for name, each in node.channels.items()}
    texting = {name: each for name, each in known.items() if each is not None}
    if channel and channel not in texting:
        raise Said("sms-templates.no-channel", found=channel, known=", ".join(texting))
    found = {
        name: registered(each, each.language or node.language)
        for name, each in texting.items()
        if channel in ("", name)
    }
    if as_json:
        print_json(
            [
                {"channel": name, "signature": texting[name].signature, "kind": each.kind}
                | {"text": each.text, "values": list(each.names), "example": each.example}
                for name, texts in found.items()
                for each in texts
            ]
        )
        return
    for name, texts in found.items():
        print(session.say("sms-templates.head", channel=name, signature=texting[name].signature))
        for each in texts:
            print(session.say("sms-templates.text", kind=each.kind, text=each.text))
            print(session.say("sms-templates.example", text=each.example))
