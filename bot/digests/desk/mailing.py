"""Digests by e-mail: asked for by one's own address, tried again while the mail server is away, and then told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formatdate
from typing import Protocol
from urllib.parse import unquote, urljoin, urlsplit

import structlog
from sqlalchemy import select

from bot.channels import desk as channels
from bot.chat import Ask, Chat, Press, Reply, Show, Submit, read_action
from bot.digests import rules
from bot.digests.desk import collecting, finding
from bot.digests.desk.collecting import Material, Reading
from bot.digests.rules import Digest, Period
from bot.digests.tables import DigestAddress, DigestMail
from bot.digests.words import cards, files, forms, parts
from bot.engine import bugs, links, outbox
from bot.people import desk as people
from bot.refusal import Refusal
from bot.store.base import insert, new_id
from bot.store.session import Store, Work

log = structlog.get_logger(__name__)

AT_ONCE = 5
SECONDS = 15
"""How long the mail server may take."""
FOOTNOTE = "You asked for this digest in chat. Type /digest there to see other days."


class NotSent(Exception):
    """The mail server did not take an e-mail; the sentence says why."""


class Post(Protocol):
    """What brings an e-mail to a mail server."""

    @property
    def public_url(self) -> str:
        """Where links to pages of this installation begin."""
        ...

    async def send(self, message: EmailMessage, to: str) -> None:
        """Hand a message over; raises `NotSent`."""
        ...


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server by its address, ``smtp://USER:PASSWORD@HOST:PORT``, or ``smtps://`` for TLS from the start."""

    url: str
    public_url: str

    @property
    def sender(self) -> str:
        """Whom the e-mails are from: the user of the mail server where that is an address."""
        parts = urlsplit(self.url)
        user = unquote(parts.username or "")
        return user if "@" in user else f"outloud@{parts.hostname}"

    async def send(self, message: EmailMessage, to: str) -> None:
        """Hand a message over; raises `NotSent`."""
        import aiosmtplib

        parts = urlsplit(self.url)
        message["From"] = f"Outloud <{self.sender}>"
        try:
            await aiosmtplib.send(
                message,
                recipients=[to],
                sender=self.sender,
                hostname=parts.hostname,
                port=parts.port,
                username=unquote(parts.username) if parts.username else None,
                password=unquote(parts.password) if parts.password else None,
                use_tls=parts.scheme == "smtps",
                timeout=SECONDS,
            )
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as problem:
            raise NotSent(f"The mail server did not take it ({type(problem).__name__}).") from None


async def on_mail(work: Work, act: Press) -> Reply:
    """*E-mail it to me*: to the address one gave, or else asks for it."""
    person = await people.caller(work, act.by)
    _, (channel_id, key) = read_action(act.action)
    channel = await finding.readable(work, person, channel_id)
    row = await work.session.get(DigestAddress, (person.workspace_id, person.id))
    if row is None:
        return Ask(forms.address(channel.id, Period.parse(key), ""))
    await _queue(work, person, channel.id, Period.parse(key))
    return Show(cards.on_its_way(channel.id, Period.parse(key)))


async def on_address(work: Work, act: Press) -> Reply:
    """*Another address*."""
    person = await people.caller(work, act.by)
    _, (channel_id, key) = read_action(act.action)
    row = await work.session.get(DigestAddress, (person.workspace_id, person.id))
    return Ask(forms.address(channel_id, Period.parse(key), row.address if row else ""))


async def submit_address(work: Work, form: Submit) -> Reply:
    """Keep somebody's own address and send what they asked for, or forget the address when it is emptied."""
    person = await people.caller(work, form.by)
    _, (channel_id, key) = read_action(form.form)
    row = await work.session.get(DigestAddress, (person.workspace_id, person.id))
    if not form.values.get("address", "").strip():
        if row is None:
            raise Refusal("Write your e-mail address, or close the form.", field="address")
        await work.session.delete(row)
        return Show(cards.said("I forgot your address. Nothing goes out by e-mail any more."))
    address = rules.read_address(form.values["address"])
    channel = await finding.readable(work, person, channel_id)
    values = {"workspace_id": person.workspace_id, "person_id": person.id, "address": address}
    await work.session.execute(
        insert(work.session, DigestAddress)
        .values(**values)
        .on_conflict_do_update(
            index_elements=[DigestAddress.workspace_id, DigestAddress.person_id],
            set_={"address": address},
        )
    )
    await _queue(work, person, channel.id, Period.parse(key))
    return Show(cards.on_its_way(channel.id, Period.parse(key)))


async def _queue(work: Work, person: people.Person, channel_id: str, period: Period) -> None:
    work.session.add(
        DigestMail(
            workspace_id=person.workspace_id,
            id=new_id(),
            person_id=person.id,
            channel_id=channel_id,
            first=period.first,
            last=period.last,
            tries=0,
            next_at=work.now,
        )
    )
    await work.session.flush()


@dataclass(frozen=True, slots=True)
class Mailing:
    """Sends what waits."""

    post: Post

    async def send_due(self, store: Store, chats: Mapping[str, Chat]) -> None:
        """Hand the e-mails that are due to the mail server, each claimed before it is sent."""
        async with store.look() as work:
            due = await work.session.execute(
                select(DigestMail.workspace_id, DigestMail.id)
                .where(DigestMail.next_at <= work.now)
                .order_by(DigestMail.next_at)
                .limit(AT_ONCE)
            )
            keys = [(workspace_id, mail_id) for workspace_id, mail_id in due]
        for key in keys:
            try:
                await self._send(store, chats, key)
            except Exception as bug:
                log.error("an e-mail broke", mail=key[1], **bugs.told(bug))

    async def _send(self, store: Store, chats: Mapping[str, Chat], key: tuple[str, int]) -> None:
        claimed = await store.do(lambda work: self._claim(work, key))
        if claimed is None:
            return
        row, address, material = claimed
        linked = replace(
            material, digest=linked_digest(material.digest, chats, self.post.public_url)
        )
        message = await written(linked, address, number=row.id)
        try:
            await self.post.send(message, address)
        except NotSent as failure:
            log.warning(
                "an e-mail was not taken", mail=row.id, tries=row.tries, reason=str(failure)
            )
            if row.tries >= rules.TRIES:
                await store.do(lambda work: self._give_up(work, row))
            return
        async with store.work() as work:
            sent = await work.session.get(DigestMail, key)
            if sent is not None:
                await work.session.delete(sent)

    async def _claim(
        self, work: Work, key: tuple[str, int]
    ) -> tuple[DigestMail, str, Material] | None:
        """Take an e-mail for this try, so that no other process sends it, too."""
        row = await work.session.get(DigestMail, key, with_for_update=True)
        if row is None or row.next_at > work.now:
            return None
        person = await people.get(work, row.workspace_id, row.person_id)
        given = await work.session.get(DigestAddress, (row.workspace_id, row.person_id))
        here = await channels.many(work, [(row.workspace_id, row.channel_id)])
        channel = here.get((row.workspace_id, row.channel_id))
        # Everything may have changed since it was asked for, the right to read it, too.
        if given is None or channel is None or not await channels.can_read(work, person, channel):
            await work.session.delete(row)
            return None
        row.tries += 1
        row.next_at = work.now + timedelta(minutes=2 * 4 ** min(row.tries - 1, 5))
        period = Period(row.first, row.last)
        return (
            row,
            given.address,
            await collecting.collect(work, channel, period, Reading(person.zone)),
        )

    async def _give_up(self, work: Work, before: DigestMail) -> None:
        """Tell whoever asked that it did not work."""
        row = await work.session.get(
            DigestMail, (before.workspace_id, before.id), with_for_update=True
        )
        if row is None:
            return
        person = await people.get(work, row.workspace_id, row.person_id)
        channel = await channels.get(work, row.workspace_id, row.channel_id)
        period = Period(row.first, row.last)
        card = cards.not_mailed(channel.name, channel.id, period)
        key = f"digests.mail:{row.id}"
        await outbox.show(work, await people.direct(work, person), card, key=key)
        await work.session.delete(row)


def linked_digest(digest: Digest, chats: Mapping[str, Chat], public_url: str) -> Digest:
    """The digest with addresses in place of references."""

    def address(written: str) -> str:
        ref = links.read(written)
        chat = chats.get(ref.place.platform) if ref else None
        found = chat.link(ref) if chat and ref else ""
        return urljoin(f"{public_url.rstrip('/')}/", found) if found else ""

    return replace(
        digest,
        sections=tuple(
            replace(
                section,
                items=tuple(replace(item, link=address(item.link)) for item in section.items),
            )
            for section in digest.sections
        ),
    )


async def written(material: Material, to: str, *, number: int) -> EmailMessage:
    """An e-mail in words and as a page, with the picture inside it.

    Its id is the same at every try, so that one that arrived although it seemed not to is recognized.
    """
    digest = material.digest
    picture = await material.picture()
    message = EmailMessage()
    message["Subject"] = f"Digest: {parts.title(digest)}"
    message["To"] = to
    message["Date"] = formatdate()
    message["Message-ID"] = f"<digest.{number}@outloud.invalid>"
    message["Auto-Submitted"] = "auto-generated"
    alt = picture.alt if picture else ""
    text = files.markdown(digest, title=parts.title(digest), alt=alt)
    message.set_content(f"{text}\n{FOOTNOTE}\n")
    message.add_alternative(
        files.html(digest, title=parts.title(digest), alt=alt, footnote=FOOTNOTE), subtype="html"
    )
    if picture is not None:
        page = message.get_payload()[1]  # type: ignore[index]
        page.add_related(  # type: ignore[union-attr]
            picture.png, "image", "png", cid=f"<{files.PICTURE}>", filename="chart.png"
        )
    return message
