"""Attacks on what the claims of a truly signed token say."""

import json

from tests.adapters.tokens.attacks.building_blocks import DAY, EVIL, LEEWAY, At, Family, claims, published
from tests.support.token_forge import ISSUER, token

NOT_A_NUMBER: tuple[object, ...] = (
    None,
    True,
    False,
    "",
    "0",
    "9999999999",
    "\u0661\u0662",
    [],
    [0],
    {},
    {"$gt": 0},
    "2099-01-01T00:00:00Z",
)
NOT_THE_ISSUER: tuple[object, ...] = (
    None,
    1,
    True,
    "",
    {},
    EVIL,
    ISSUER + "/",
    ISSUER.upper(),
    ISSUER + "\0",
    "http" + ISSUER[5:],
)
NOT_A_USER: dict[str, object] = {
    "null": None,
    "zero": 0,
    "number": 1,
    "true": True,
    "list": ["alice"],
    "object": {"id": "alice"},
    "empty": "",
    "blank": " ",
    "zero-width": "\u200b\u2060",
    "blank before": " alice",
    "blank after": "alice ",
    "no-break space after": "alice\xa0",
    "line end after": "alice\n",
    "line end within": "al\nice",
    "NUL": "alice\0",
    "escape": "\x1b[31malice",
    "DEL": "alice\x7f",
    "C1": "alice\x85bob",
    "256 characters": "a" * 256,
    "lone surrogate": "\ud800",
    "lone surrogate within": "al\udcffice",
}


def kinds() -> Family:
    """Claims of the wrong kind, or of another party (RFC 7519, sections 2 and 4.1)."""
    issuers = (*NOT_THE_ISSUER, [], [ISSUER])
    audiences = (*NOT_THE_ISSUER, [], [None], [ISSUER, 1], [[ISSUER]], [EVIL], f"{ISSUER} {EVIL}")
    return [
        ("no claims", lambda _: token({})),
        ("no exp", claims(("exp",))),
        ("exp elsewhere", claims(("exp",), claims={"exp": 2**31})),
        ("exp in the header", lambda scene: token(scene.claims(("exp",)), {"exp": scene.now + 600})),
        ("Exp", claims(("exp",), Exp=At(600))),
        ("exp as a text", lambda scene: token(scene.claims(exp=str(scene.now + 600)))),
        ("exp in milliseconds", lambda scene: token(scene.claims(exp=(scene.now + 600) * 1000))),
        *(
            (f"{name}: {json.dumps(value)}", claims(**{name: value}))
            for name in ("exp", "nbf", "iat")
            for value in NOT_A_NUMBER
        ),
        *((f"iss: {json.dumps(value)}", claims(iss=value)) for value in issuers),
        *((f"aud: {json.dumps(value)}", claims(aud=value)) for value in audiences),
        *((f"no {name} under a published key", published("ed", (name,))) for name in ("iss", "aud")),
        *((f"another {name} under a published key", published("ed", **{name: EVIL})) for name in ("iss", "aud")),
    ]


def lifetimes() -> Family:
    """Tokens before their time, or with too much of it."""
    return [
        ("a week and a minute and the leeway", claims(exp=At(7 * DAY + LEEWAY + 60))),
        ("a year", claims(exp=At(365 * DAY))),
        ("a year under a published key", published("ed", exp=At(365 * DAY))),
        ("the year 9999", claims(exp=253402300799)),
        ("beyond any date", claims(exp=2**63)),
        *((f"{name} a minute after the leeway", claims(**{name: At(LEEWAY + 60)})) for name in ("nbf", "iat")),
        *((f"{name} in the year 9999", claims(**{name: 253402300799})) for name in ("nbf", "iat")),
        ("expired, of another issuer", claims(exp=At(-600), iss=EVIL)),
        ("expired, not yet valid", claims(exp=At(-600), nbf=At(600))),
        ("expired, of nobody", claims(("sub",), exp=At(-600))),
        ("expired, false MAC", lambda scene: token(scene.claims(exp=scene.now - 600), secret=b"x" * 32)),
    ]


def identities() -> Family:
    """Tokens of nobody, or of somebody whose name would hurt."""
    unread = ("email", "userId", "userid", "uid", "username", "name", "Sub", "SUB", "subject", "sub ", "user")
    cookie = {"session": {"userId": "alice"}, "user": {"id": "alice"}, "version": "1"}
    return [
        *((f"sub: {name}", claims(sub=value)) for name, value in NOT_A_USER.items()),
        *((f"user_id: {name}", claims(("sub",), user_id=value)) for name, value in NOT_A_USER.items()),
        *((f"id: {name}", claims(("sub",), id=value)) for name, value in NOT_A_USER.items()),
        ("bad sub before a good user_id", claims(sub="", user_id="alice")),
        ("null sub before a good id", claims(sub=None, id="alice")),
        ("bad user_id before a good id", claims(("sub",), user_id=7, id="alice")),
        *((f"only {name}", claims(("sub",), **{name: "alice"})) for name in unread),
        ("sub in the header", lambda scene: token(scene.claims(("sub",)), {"sub": "alice"})),
        ("e-mail verification", claims(("sub", "iss", "aud"), email="alice@example.com")),
        ("session cookie", claims(("sub", "iss", "aud"), **cookie)),
    ]


def expired() -> Family:
    """Tokens that were valid once, which is all that is wrong with them."""
    return [
        ("a second after the leeway", claims(exp=At(-LEEWAY - 1))),
        ("half a second after the leeway", claims(exp=At(-LEEWAY - 0.5))),
        ("a year ago", claims(exp=At(-365 * DAY))),
        ("in 1970", claims(exp=0)),
        ("before 1970", claims(exp=-1)),
        ("long before anything", claims(exp=-1e308)),
        *((f"under the key {key_id}", published(key_id, exp=At(-600))) for key_id in ("ed", "ec", "rs", "ps")),
    ]
