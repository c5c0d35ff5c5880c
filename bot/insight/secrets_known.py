"""The kinds of credentials that show what they are by their own form, as their issuers document it."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.insight.secrets_values import varied


@dataclass(frozen=True, slots=True)
class Credential:
    """Characters `start` to `end` look like a credential; `sure` is False where a person must judge."""

    kind: str
    label: str
    start: int
    end: int
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of credential: how it looks, and what to call it to the person who wrote it."""

    name: str
    label: str
    anchors: tuple[str, ...]
    """Words of which one stands in every text that holds this kind, so that others are passed by."""
    pattern: re.Pattern[str]
    check: Callable[[str], bool]


def _anything(_: str) -> bool:
    return True


def _k(
    name: str,
    label: str,
    anchors: str,
    pattern: str,
    check: Callable[[str], bool] = varied,
    *,
    flags: int = 0,
    edges: bool = True,
) -> Kind:
    whole = rf"(?<![A-Za-z0-9])(?:{pattern})(?![A-Za-z0-9])" if edges else pattern
    return Kind(name, label, tuple(anchors.split()), re.compile(whole, flags), check)


def _decoded(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        return b""


def _is_web_token(value: str) -> bool:
    try:
        header = json.loads(_decoded(value.split(".", 1)[0]))
    except ValueError:
        return False
    return isinstance(header, dict) and bool({"alg", "typ", "enc", "kid"} & header.keys())


def _is_discord_token(value: str) -> bool:
    # The first part is the account's number, written in base64.
    return _decoded(value.split(".", 1)[0]).isdigit()


_B62 = "[A-Za-z0-9]"
_URL64 = "[A-Za-z0-9_-]"
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

KINDS: tuple[Kind, ...] = (
    _k(
        "aws-key",
        "an AWS access key",
        "AKIA ASIA ABIA ACCA",
        "(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}",
    ),
    _k(
        "github",
        "a GitHub token",
        "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_",
        rf"gh[pousr]_{_B62}{{36,255}}|github_pat_{_B62}{{22}}_{_B62}{{59}}",
    ),
    _k(
        "gitlab",
        "a GitLab token",
        "GR1348941 glpat- gldt- glrt- glcbt- glptt- glft- glimt- glagent- gloas- glsoat- glffct-",
        rf"gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-{_URL64}{{20,300}}"
        rf"(?:\.[0-9a-z]{{2}}\.?[0-9a-z]{{7,9}})?|GR1348941{_URL64}{{20,50}}",
    ),
    _k(
        "slack",
        "a Slack token",
        "xoxa- xoxb- xoxc- xoxd- xoxe- xoxe. xoxo- xoxp- xoxr- xoxs- xapp-",
        r"xox[abcdeoprs]-[A-Za-z0-9%/+-]{10,400}|xoxe\.xox[bp]-\d-[A-Za-z0-9-]{20,400}"
        r"|xapp-\d-[A-Z0-9]{6,20}-\d{6,20}-[A-Za-z0-9]{32,128}",
    ),
    _k(
        "slack-webhook",
        "a Slack webhook, with which anybody can post",
        "hooks.slack",
        r"(?:https?://)?hooks\.slack(?:-gov)?\.com/(?:services/T[A-Z0-9]{6,14}/B[A-Z0-9]{6,14}/[A-Za-z0-9]{20,32}"
        r"|workflows/T[A-Z0-9]{6,14}/A[A-Z0-9]{6,14}/\d{12,20}/[A-Za-z0-9]{20,32}"
        r"|triggers/[TE][A-Z0-9]{6,14}/\d{8,20}/[0-9a-f]{24,40})",
    ),
    _k(
        "discord-bot",
        "a Discord bot token",
        ".",
        # The edge behind the first sign: what begins with a choice of signs is found much faster.
        rf"[MNO](?<![A-Za-z0-9][MNO])[A-Za-z0-9_-]{{22,27}}\.{_URL64}{{6}}\.{_URL64}{{27,45}}",
        _is_discord_token,
        edges=False,
    ),
    _k(
        "discord-webhook",
        "a Discord webhook, with which anybody can post",
        "/webhooks/",
        rf"(?:https?://)?(?:\w{2, 8}\.)?discord(?:app)?\.com/api(?:/v\d\d?)?/webhooks/\d{{17,20}}/{_URL64}{{60,90}}",
    ),
    _k(
        "stripe",
        "a Stripe key",
        "sk_live_ sk_test_ rk_live_ rk_test_ sk_org_ whsec_",
        rf"(?:[sr]k_(?:live|test)|sk_org_(?:live|test))_{_B62}{{16,247}}|whsec_[A-Za-z0-9+/=]{{32,90}}",
    ),
    _k("google-key", "a Google API key", "AIza", rf"AIza{_URL64}{{35}}"),
    _k(
        "google-oauth",
        "a Google OAuth secret",
        "GOCSPX- ya29. 1//0",
        rf"GOCSPX-{_URL64}{{28}}|ya29\.{_URL64}{{30,1500}}|1//0{_URL64}{{40,200}}",
    ),
    _k(
        "azure-key",
        "an Azure access key",
        "AccountKey= SharedAccessKey=",
        r"(?:AccountKey=[A-Za-z0-9+/]{86}==|SharedAccessKey=[A-Za-z0-9+/]{40,60}={0,2})",
        edges=False,
    ),
    _k(
        "azure-secret",
        "an Azure client secret",
        "Q~",
        r"[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}",
    ),
    _k(
        "azure-sas",
        "an Azure shared access signature",
        "sig=",
        r"(?:(?!sig=)s[a-z]{1,4}=[^&\s]{1,200}&(?:amp;)?){1,20}+sig="
        r"[A-Za-z0-9%+/_-]{40,90}={0,2}(?:&\w{1,12}=[^&\s]{1,80}){0,12}",
    ),
    _k(
        "azure-devops",
        "an Azure DevOps token",
        "AZDO",
        r"[A-Za-z0-9]{75,77}AZDO[A-Za-z0-9]{4}",
    ),
    _k("npm", "an npm token", "npm_", r"npm_[A-Za-z0-9]{36}"),
    _k(
        "macaroon",
        "a token for uploading packages",
        # A macaroon of version 2 in base64 begins with these letters; issuers put their name before.
        "-AgE",
        rf"[a-z]{{3,10}}-AgE{_URL64}{{50,1000}}",
    ),
    _k("twilio", "a Twilio key", "SK AC", r"(?:SK|AC)[0-9a-f]{32}"),
    _k("sendgrid", "a SendGrid key", "SG.", rf"SG\.{_URL64}{{20,24}}\.{_URL64}{{39,50}}"),
    _k(
        "mailgun",
        "a Mailgun key",
        "key- -",
        r"(?:key|pubkey)-[0-9a-f]{32}(?![A-Za-z0-9])"
        r"|[0-9a-f](?<![A-Za-z0-9][0-9a-f])[0-9a-f]{31}-[0-9a-f]{8}-[0-9a-f]{8}(?![A-Za-z0-9-])",
        edges=False,
    ),
    _k("mailchimp", "a Mailchimp key", "-us", r"[0-9a-f]{32}-us\d{1,2}"),
    _k(
        "telegram",
        "a Telegram bot token",
        ":",
        rf"(?:bot)?\d{{8,10}}:(?=\S{{0,34}}[a-z])(?=\S{{0,34}}[A-Z]){_URL64}{{34,36}}",
    ),
    _k(
        "openai",
        "an OpenAI key",
        "sk-",
        rf"sk-(?:(?:proj|svcacct|admin|None)-{_URL64}{{40,220}}|{_URL64}{{20,200}}?T3BlbkFJ{_URL64}{{20,200}}"
        rf"|{_B62}{{48}})",
    ),
    _k("anthropic", "an Anthropic key", "sk-ant-", rf"sk-ant-[a-z]{{2,8}}\d\d-{_URL64}{{60,140}}"),
    _k(
        "huggingface", "a Hugging Face token", "hf_ api_org_", r"(?:hf_|api_org_)[A-Za-z0-9]{34,37}"
    ),
    _k(
        "digitalocean",
        "a DigitalOcean token",
        "dop_v1_ doo_v1_ dor_v1_",
        r"do[opr]_v1_[0-9a-f]{64}",
    ),
    _k(
        "shopify",
        "a Shopify token",
        "shpat_ shpca_ shppa_ shpss_ shpua_ shptka_",
        r"shp(?:at|ca|pa|ss|ua|tka)_[0-9A-Fa-f]{32}",
    ),
    _k(
        "square",
        "a Square token",
        "sq0 EAAA",
        rf"sq0(?:atp|idp)-{_URL64}{{22}}|sq0csp-{_URL64}{{43}}|EAAA{_URL64}{{60}}",
    ),
    _k(
        "paypal",
        "a PayPal or Braintree token",
        "access_token$",
        r"access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}",
        _anything,
    ),
    _k("heroku", "a Heroku token", "HRKU-", rf"HRKU-(?:AA{_URL64}{{58,62}}|{_UUID})"),
    _k(
        "databricks",
        "a Databricks token",
        "dapi dose dkea",
        r"(?:dapi|dose|dkea)[0-9a-f]{32}(?:-\d)?",
    ),
    _k(
        "newrelic",
        "a New Relic key",
        "NRAK- NRII- NRAA- NRRA- NRIQ- NRSP- NRJS- NRAL",
        rf"NRAK-[A-Z0-9]{{27}}|NR(?:II|AA|RA|IQ|SP)-{_URL64}{{32}}|NRJS-[0-9a-f]{{19}}"
        r"|[0-9a-f]{36}(?:FFFF)?NRAL",
    ),
    _k("sentry", "a Sentry token", "sntry", r"sntry[usair]_[A-Za-z0-9+/=_-]{43,400}"),
    _k(
        "atlassian",
        "an Atlassian token",
        "ATATT3 ATCTT3 ATBB ATSTT",
        r"(?:ATATT3|ATCTT3|ATSTT3)[A-Za-z0-9_=-]{60,240}|ATBB[A-Za-z0-9]{32}",
    ),
    _k("linear", "a Linear key", "lin_", r"lin_(?:api|oauth|wh)_[A-Za-z0-9]{32,64}"),
    _k("notion", "a Notion token", "secret_ ntn_", rf"secret_{_B62}{{43}}|ntn_{_B62}{{43,50}}"),
    _k(
        "figma",
        "a Figma token",
        "figd_ figoh_ figor_ figu_",
        rf"fig(?:d|oh|or|u)_{_URL64}{{40,44}}",
    ),
    _k("airtable", "an Airtable token", "pat", r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}"),
    _k(
        "vault",
        "a Vault token",
        "hvs. hvb. hvr.",
        rf"hv[sbr]\.{_URL64}{{24,300}}",
    ),
    _k("terraform", "a Terraform token", ".atlasv1.", rf"{_B62}{{14}}\.atlasv1\.{_URL64}{{60,70}}"),
    _k(
        "doppler",
        "a Doppler token",
        "dp.",
        rf"dp\.(?:pt|st|ct|sa|scim|audit|said)\.(?:[a-z0-9_-]{{2,35}}\.)?{_B62}{{40,44}}",
    ),
    _k("docker", "a Docker token", "dckr_", rf"dckr_[op]at_{_URL64}{{27,40}}"),
    _k(
        "web-token",
        "a login token (JWT)",
        "eyJ",
        rf"eyJ{_URL64}{{10,600}}+\.{_URL64}{{10,8000}}\.{_URL64}{{16,1500}}",
        _is_web_token,
    ),
    _k(
        "private-key",
        "a private key",
        "PRIVATE",
        r"-----BEGIN [A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:(?:\\[nr]|[\sA-Za-z0-9+/=:.,;>\"'_-])(?!----(?:BEGIN|END))){0,20000}"
        r"(?:-{0,5}END [A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?-----)?",
        _anything,
        edges=False,
    ),
    _k("putty-key", "a private key", "PuTTY", r"PuTTY-User-Key-File-\d: [\w-]{3,20}", _anything),
    _k("age-key", "a private key", "AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
    _k(
        "password-hash",
        "the hash of a password",
        "$2 $5$ $6$ $y$ $argon2 $apr1$",
        r"\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}|\$(?:[56y]|apr1)\$[./A-Za-z0-9$=]{1,40}\$[./A-Za-z0-9]{22,90}"
        r"|\$argon2(?:id|i|d)\$[\w=,$+/.-]{30,200}",
    ),
    _k(
        "one-time-seed",
        "the seed of one-time codes",
        "otpauth://",
        r"otpauth://[^\s\"'<>]{0,300}secret=[A-Za-z2-7]{16,128}",
    ),
    _k(
        "grafana",
        "a Grafana token",
        "glsa_ glc_",
        r"glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|glc_[A-Za-z0-9+/=]{32,400}",
    ),
    _k("postman", "a Postman key", "PMAK-", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    _k("pulumi", "a Pulumi token", "pul-", r"pul-[0-9a-f]{40}"),
    _k(
        "planetscale",
        "a PlanetScale token",
        "pscale_",
        rf"pscale_(?:tkn|oauth|pw)_{_URL64}{{32,64}}",
    ),
    _k(
        "supabase",
        "a Supabase key",
        "sbp_ sb_secret_",
        rf"sbp_[0-9a-f]{{40}}|sb_secret_{_URL64}{{24,60}}",
    ),
    _k("netlify", "a Netlify token", "nfp_", r"nfp_[A-Za-z0-9]{36,40}"),
    _k(
        "fly",
        "a Fly token",
        "fo1_ fm1a_ fm1r_ fm2_",
        r"fo1_[\w-]{43}|fm(?:1[ar]|2)_[A-Za-z0-9+/]{60,900}={0,3}",
    ),
    _k("replicate", "a Replicate token", "r8_", r"r8_[A-Za-z0-9]{37}"),
    _k("groq", "a Groq key", "gsk_", r"gsk_[A-Za-z0-9]{48,60}"),
    _k("perplexity", "a Perplexity key", "pplx-", r"pplx-[A-Za-z0-9]{40,60}"),
    _k("xai", "an xAI key", "xai-", r"xai-[A-Za-z0-9]{60,90}"),
    _k("buildkite", "a Buildkite token", "bkua_", r"bkua_[0-9a-f]{40}"),
    _k(
        "circleci",
        "a CircleCI token",
        "CCIPAT_ CCIPRJ_",
        r"CCIP(?:AT|RJ)_[A-Za-z0-9]{20,24}_[0-9a-f]{40}",
    ),
    _k(
        "tailscale",
        "a Tailscale key",
        "tskey-",
        r"tskey-[a-z]{3,10}-[A-Za-z0-9]{8,24}-[A-Za-z0-9]{16,60}",
    ),
    _k("onepassword", "a 1Password token", "ops_eyJ", r"ops_eyJ[A-Za-z0-9+/=_-]{100,2000}"),
    _k("sonar", "a SonarQube token", "squ_ sqp_ sqa_", r"sq[upa]_[0-9a-f]{40}"),
    _k("contentful", "a Contentful token", "CFPAT-", rf"CFPAT-{_URL64}{{43}}"),
    _k("typeform", "a Typeform token", "tfp_", rf"tfp_{_URL64}{{40,64}}"),
    _k(
        "mapbox",
        "a Mapbox secret token",
        "sk.eyJ",
        rf"sk\.eyJ{_URL64}{{40,300}}\.{_URL64}{{20,24}}",
    ),
    _k("dropbox", "a Dropbox token", "sl.", rf"sl\.(?:u\.)?{_URL64}{{130,1500}}"),
    _k("alibaba", "an Alibaba Cloud key", "LTAI", r"LTAI[A-Za-z0-9]{12,20}"),
    _k("razorpay", "a Razorpay key", "rzp_", r"rzp_(?:live|test)_[A-Za-z0-9]{14}"),
    _k(
        "artifactory",
        "an Artifactory key",
        "AKCp cmVmdGtu",
        rf"AKCp{_B62}{{60,72}}|cmVmdGtu{_B62}{{50,60}}",
    ),
    _k("hubspot", "a HubSpot token", "pat-", rf"pat-(?:na|eu|ap)\d-{_UUID}"),
    _k("facebook", "a Facebook token", "EAA", rf"EAA{_B62}{{80,400}}"),
    _k(
        "firebase",
        "a Firebase server key",
        ":APA91b",
        rf"AAAA{_URL64}{{7}}:APA91b{_URL64}{{120,150}}",
    ),
    _k(
        "teams-webhook",
        "a Teams webhook, with which anybody can post",
        "webhook.office.com",
        rf"(?:https?://)?(?:[\w-]{{1,60}}\.)?webhook\.office\.com/webhookb2/{_UUID}@{_UUID}"
        rf"/IncomingWebhook/[0-9a-f]{{32}}/{_UUID}",
    ),
)
