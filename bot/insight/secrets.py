"""Credentials in words: those that show by their form what they are, and those that stand behind a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.insight.secrets_known import KINDS, Credential
from bot.insight.secrets_logins import logins, passwords
from bot.insight.secrets_values import entropy, is_blank, looks_made, varied


def credentials(words: str) -> Iterator[Credential]:
    """Everything in the words that looks like a credential, kind by kind; some may overlap."""
    plain = words if words.isascii() else words.encode("ascii", "replace").decode()
    for kind in KINDS:
        if not any(anchor in plain for anchor in kind.anchors):
            continue
        for found in kind.pattern.finditer(plain):
            if kind.check(found[0]):
                yield Credential(kind.name, kind.label, *found.span())
    low = words.lower()
    if len(low) != len(words):
        low = words
    yield from _aws_secrets(words, low)
    yield from logins(words, low)
    yield from _headers(words, low)
    if any(name in low for name in _VENDOR_NAMES):
        yield from _near_a_vendor(words, low)
    yield from _named_values(words, low)
    yield from passwords(words, low)


# -- AWS secrets: forty signs of base64, which alone say nothing ----------------------------------

_FORTY = re.compile(r"(?<![A-Za-z0-9/+=_-])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+_-])")
_AWS = re.compile(
    r"aws|amazon|secret|(?<![a-z])sak(?![a-z])|(?:akia|asia)[a-z2-7]{16}|\bs3\b|\biam\b"
)


def _aws_secrets(words: str, low: str) -> Iterator[Credential]:
    for found in _FORTY.finditer(words):
        value = found[0]
        before = low[max(0, found.start() - 120) : found.start()]
        mixed = (
            re.search("[a-z]", value) and re.search("[A-Z]", value) and re.search("[0-9]", value)
        )
        if mixed and _AWS.search(before) and entropy(value) > 3.8 and varied(value):
            yield Credential("aws-secret", "an AWS secret key", *found.span())


# -- Headers of web requests ------------------------------------------------------------------

_BEARER = re.compile(
    r"(?:bearer(?<![a-z]bearer)|token(?<![a-z]token))\s{1,3}(?P<value>[a-z0-9._~+/=-]{16,2000})"
)
_BASIC = re.compile(
    r"authorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?basic\s{1,3}(?P<value>[a-z0-9+/]{8,400}={0,2})"
)
_API_HEADER = re.compile(
    r"x-[a-z-]{0,24}(?:key|token|secret|auth)[\"']?\s{0,3}:\s{0,3}[\"']?(?P<value>[a-z0-9._~+/=-]{12,400})"
)


def _headers(words: str, low: str) -> Iterator[Credential]:
    for anchor, pattern, always in (
        ("e", _BEARER, False),
        ("basic", _BASIC, True),
        ("x-", _API_HEADER, False),
    ):
        if anchor not in low:
            continue
        for found in pattern.finditer(low):
            start, end = found.span("value")
            value = words[start:end].rstrip(".,")
            if (always or looks_made(value)) and not is_blank(value):
                label = "the login of a web request"
                yield Credential("header", label, start, start + len(value))


# -- Values that a vendor gives no form of their own: its name must stand before them -------------

_VENDORS_LISTED = (
    "aiven algolia amplitude asana auth0 azure binance bitbucket brevo circleci cloudflare codecov "
    "cohere coinbase confluent contentful datadog dd_ deepl discord elastic facebook fastly firebase "
    "freshdesk gitea github gitlab grafana heroku hubspot intercom jenkins jira kraken launchdarkly "
    "linkedin mailgun mapbox mistral mixpanel nexmo netlify okta openweather opsgenie pagerduty paypal "
    "plaid rapidapi rollbar segment sentry slack snyk sonar splunk spotify square stripe telegram "
    "trello twilio twitch twitter vercel vonage weatherapi zendesk zoom"
)
_VENDOR_NAMES = _VENDORS_LISTED.split()
_VENDORS = re.compile(
    rf"(?<![a-z])(?:{'|'.join(_VENDOR_NAMES)})"
    r"[a-z0-9_.-]{0,30}[\s\"'`:=>_.-]{0,4}(?:[a-z][\w.-]{1,20}[ _.-]){0,4}?"
    r"(?:key|token|secret|pat|sid|dsn|login|zugang\w*|schl(?:ü|ue)ssel|cl[eé]|clave|chave|llave)"
    r"[^\n\w]{1,6}(?:\w{2,10}[^\n\w]{1,4}){0,2}?"
    r"(?P<value>[a-z0-9][a-z0-9_~./+-]{15,119}={0,2})(?![a-z0-9])"
)


def _near_a_vendor(words: str, low: str) -> Iterator[Credential]:
    for found in _VENDORS.finditer(low):
        start, end = found.span("value")
        value = words[start:end].rstrip(".,")
        if looks_made(value):
            yield Credential("vendor-value", "a key or token", start, start + len(value))


# -- Values behind a name such as secret, token, key ----------------------------------------------

_NAMED = re.compile(
    r"(?:secret|token|api[ _-]?key|access[ _-]?key|auth[ _-]?key|private[ _-]?key|signing[ _-]?key"
    r"|encryption[ _-]?key|master[ _-]?key|deploy[ _-]?key|license[ _-]?key|session[ _-]?key|_key"
    r"|app[ _-]?key|apikey|passphrase|credentials?|api[ _-]?schl(?:ü|ue)ssel|schl(?:ü|ue)ssel"
    r"|cl[eé][ _-]d.api|clave[ _-]de[ _-]api|chave[ _-]de[ _-]api|geheimnis|jeton)"
    r"(?P<more>(?:s|key|value|string|text)?(?![a-z])[\w.-]{0,24})[\"'`\])]{0,3}\s{0,3}"
    r"(?:=>|:=|==?|:|→|->|\bis\b|\bist\b|\blautet\b|\bes\b|\best\b|\b[eé]\b|\s)"
    r"\s{0,3}(?:string\s*=\s*)?[\"'`(\[]{0,2}(?P<value>[^\s\"'`,;()<>\[\]{}]{16,400})"
)


def _named_values(words: str, low: str) -> Iterator[Credential]:
    for found in _NAMED.finditer(low):
        start, end = found.span("value")
        value = words[start:end].rstrip(".,!?:")
        if looks_made(value) and not _ABOUT.search(found["more"]):
            yield Credential("named-value", "a secret value", start, start + len(value))


_ABOUT = re.compile(r"(?:id|ids|name|type|path|url|file|hash|count|size|len|length|limit|ttl|at)$")
"""How names end that say something about a secret and are none."""
