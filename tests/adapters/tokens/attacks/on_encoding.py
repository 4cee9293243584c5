"""Attacks on how a token is written: its header, its encoding, its JSON."""

import base64
import json
import zlib
from collections.abc import Callable, Mapping

from tests.adapters.tokens.attacks.building_blocks import (
    EVIL,
    Family,
    Make,
    Scene,
    forged,
    header,
    keyed,
    made,
    raw_header,
    relabelled,
)
from tests.support.issuer import private_key, public_members
from tests.support.token_forge import as_json, encode, sealed, token

Change = Callable[[str], str]


def headers() -> Family:
    """Point to a key, or to a rule, of one's own (RFC 8725, sections 3.9 to 3.11)."""
    own = public_members(private_key("EdDSA", generation=666))
    keys = (("jku", f"{EVIL}/jwks"), ("x5u", f"{EVIL}/x5c"), ("jwk", own), ("x5c", ["MIIB"]), ("x5t", "AA"))
    names = (
        "../../../dev/null",
        "/dev/null",
        "' OR 1=1 --",
        "ed' UNION SELECT 'x",
        "|id",
        f"{EVIL}/key",
        "",
        " ed",
        "ED",
    )
    types = (
        "at+jwt",
        "application/at+jwt",
        "logout+jwt",
        "dpop+jwt",
        "secevent+jwt",
        "JWE",
        "JWT\0",
        "",
        " JWT",
        None,
        1,
    )
    texts = (b"[]", b"null", b'"HS256"', b"1", b"true", b"", b"{", b'{"alg":"HS256"}x', b"{'alg':'HS256'}")
    critical: tuple[object, ...] = ([], ["exp"], ["b64"], ["alg"], [""], None, "exp", {}, False)
    return [
        *((f"{name} of one's own", forged("ed", **{name: value})) for name, value in keys),
        *((f"{name} and an unknown kid", forged("evil", **{name: value})) for name, value in keys),
        *((f"kid {kid!r} with an empty secret", keyed(b"", kid=kid)) for kid in (*names, "ed\0")),
        *((f"kid {kid!r}", forged(kid)) for kid in (*names, "ed\0", "\ud800")),
        ("kid of 4000 characters", forged("k" * 4000)),
        *((f"kid that is {json.dumps(value)}", header(kid=value)) for value in (None, 1, True, ["ed"], {"ed": 1})),
        *((f"crit that is {json.dumps(value)}", header(crit=value)) for value in critical),
        *((f"b64 that is {json.dumps(value)}", header(b64=value)) for value in (True, False, None, "false")),
        ("b64 false as it should be", header(b64=False, crit=["b64"])),
        *((f"zip that is {json.dumps(value)}", header(zip=value)) for value in ("DEF", "", None, "GZ")),
        ("zip that is true", _zipped),
        *((f"typ that is {json.dumps(value)}", header(typ=value)) for value in (*types, ["JWT"])),
        ("typ of Better Auth's session cookie", relabelled("ed", typ="better-auth.session-cache+jwt")),
        ("alg twice", raw_header(b'{"alg":"none","alg":"HS256"}')),
        ("alg twice, escaped", raw_header(b'{"alg":"HS256","\\u0061lg":"none"}')),
        ("kid twice", raw_header(b'{"alg":"HS256","kid":"a","kid":"b"}')),
        *((f"the text {text.decode()}", raw_header(text)) for text in (*texts, b'{"alg":"HS256",}')),
        ("NaN", raw_header(b'{"alg":"HS256","x":NaN}')),
        ("byte order mark", raw_header(b'\xef\xbb\xbf{"alg":"HS256"}')),
        ("UTF-16", raw_header('{"alg":"HS256"}'.encode("utf-16"))),
        ("5000 brackets", raw_header(b"[" * 5000)),
    ]


def _zipped(scene: Scene) -> str:
    return sealed(b'{"alg":"HS256","zip":"DEF"}', zlib.compress(as_json(scene.claims())))


def encodings() -> Family:
    """Say the same in other bytes, or half of it."""
    texts = (
        "",
        ".",
        "..",
        "...",
        "....",
        "a.b.c",
        "null",
        "undefined",
        "[object Object]",
        "Bearer",
        "\ufffd.a.b",
        "\udc80.a.b",
    )
    return [
        *(
            (f"{part}: {name}", made(_edited, index, change))
            for index, part in enumerate(("header", "payload", "signature"))
            for name, change in _PART_EDITS.items()
        ),
        *((name, made(_changed, change)) for name, change in _EDITS.items()),
        *((f"the text {text!r}", made(_constant, text)) for text in texts),
        ("other alphabet", _other_alphabet),
        ("surplus bits in the signature", _surplus_bits),
        ("JSON serialization", _json_serialization),
        ("five parts, as an encrypted token", lambda _: encode(b'{"alg":"dir","enc":"A256GCM"}') + "..AAAA.AAAA.AAAA"),
        ("token in a token", lambda scene: sealed(b'{"alg":"HS256","cty":"JWT"}', scene.text().encode())),
        ("8193 characters", lambda scene: token(scene.claims(more="x" * 8000))[:8193]),
        ("60 kB", lambda scene: token(scene.claims(more="x" * 45_000))),
    ]


_PART_EDITS: Mapping[str, Change] = {
    "padded": lambda text: text + "=" * (-len(text) % 4 or 4),
    "empty": lambda _: "",
    "space": lambda text: text[:4] + " " + text[4:],
    "line end": lambda text: text[:4] + "\n" + text[4:],
    "NUL": lambda text: text + "\0",
    "one character more": lambda text: text + "A",
    "foreign character": lambda text: text + "!",
    "letter beyond ASCII": lambda text: text + "é",
    "percent-encoded": lambda text: "%65" + text[1:],
}

_EDITS: Mapping[str, Change] = {
    "space before": lambda text: " " + text,
    "line end after": lambda text: text + "\n",
    "header smuggled after": lambda text: text + "\r\nX-User: bob",
    "in quotes": lambda text: f'"{text}"',
    "twice": lambda text: f"{text},{text}",
    "twice with a space": lambda text: f"{text} {text}",
    "scheme twice": lambda text: f"Bearer {text}",
    "fourth part": lambda text: text + ".AAAA",
    "empty fourth part": lambda text: text + ".",
    "dot before": lambda text: "." + text,
    "dots as commas": lambda text: text.replace(".", ","),
    "dots percent-encoded": lambda text: text.replace(".", "%2E"),
    "dots in full width": lambda text: text.replace(".", "\uff0e"),
    "upper case": str.upper,
    "backwards": lambda text: text[::-1],
    "base64 of it all": lambda text: base64.b64encode(text.encode()).decode(),
    "parameter after": lambda text: text + "?user=bob",
}


def _edited(scene: Scene, index: int, change: Change) -> str:
    parts = scene.text().split(".")
    parts[index] = change(parts[index])
    return ".".join(parts)


def _changed(scene: Scene, change: Change) -> str:
    return change(scene.text())


def _constant(_: Scene, text: str) -> str:
    return text


def _other_alphabet(scene: Scene) -> str:
    """Return a token whose signature needs - or _, with + and / instead."""
    texts = (token(scene.claims(number=number)) for number in range(1000))
    signed, _, true = next(text for text in texts if set("-_") & set(text.rpartition(".")[2])).rpartition(".")
    return f"{signed}." + true.replace("-", "+").replace("_", "/")


def _surplus_bits(scene: Scene) -> str:
    """Return a token whose last character differs in bits that decoders ignore: 32 bytes leave two over."""
    text = scene.text()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) | 1]


def _json_serialization(scene: Scene) -> str:
    protected, payload, true = scene.text().split(".")
    return json.dumps({"payload": payload, "protected": protected, "signature": true})


def payload(template: str, encoding: str = "utf-8") -> Make:
    """Return a token with a true MAC over a text that is no JSON of ours; %d is a good expiry."""
    return lambda scene: sealed(b'{"alg":"HS256"}', template.replace("%d", str(scene.now + 600)).encode(encoding))


def payloads() -> Family:
    """Payloads with a true MAC that two readers could understand differently."""
    broken = (("Latin-1", b"\xe9"), ("overlong", b"\xc0\xae"), ("surrogate", b"\xed\xa0\x80"), ("cut", b"\xc3"))
    return [
        *((name, payload(template)) for name, template in _PAYLOADS.items()),
        *((encoding, payload('{"sub":"alice","exp":%d}', encoding)) for encoding in ("utf-16", "utf-16-le", "utf-32")),
        *((f"false UTF-8: {name}", made(_with_bytes, data)) for name, data in broken),
    ]


_GOOD = '"sub":"alice","exp":%d'
_PAYLOADS = {
    "sub twice": '{"sub":"bob",' + _GOOD + "}",
    "exp twice": "{" + _GOOD + ',"exp":1}',
    "exp twice, escaped": "{" + _GOOD + ',"\\u0065xp":1}',
    "iss twice": '{"iss":"https://evil.example","iss":"https://auth.example",' + _GOOD + "}",
    "claim twice, nested": "{" + _GOOD + ',"x":{"y":1,"y":2}}',
    "NaN": "{" + _GOOD + ',"x":NaN}',
    "Infinity": "{" + _GOOD + ',"x":-Infinity}',
    "no JSON": _GOOD,
    "nothing": "",
    "blanks": "   ",
    "trailing text": "{" + _GOOD + "}x",
    "two objects": "{" + _GOOD + "}{" + _GOOD + "}",
    "trailing comma": "{" + _GOOD + ",}",
    "comment": "{" + _GOOD + "/**/}",
    "single quotes": "{'sub':'alice','exp':%d}",
    "line end in a text": '{"sub":"al\nice","exp":%d}',
    "leading zero": '{"sub":"alice","exp":0%d}',
    "plus sign": '{"sub":"alice","exp":+%d}',
    "hexadecimal": '{"sub":"alice","exp":0x7fffffff}',
    "5000 digits": '{"sub":"alice","exp":' + "9" * 5000 + "}",
    "infinite exp": '{"sub":"alice","exp":1e999}',
    "endless exp": '{"sub":"alice","exp":1e308}',
    "exp of 400 digits": '{"sub":"alice","exp":' + "9" * 400 + "}",
    "infinite nbf": '{"sub":"alice","exp":%d,"nbf":-1e999}',
    "infinite iat": '{"sub":"alice","exp":%d,"iat":-1e999}',
    "deeply nested": "[" * 2900 + "]" * 2900,
    "array": "[{" + _GOOD + "}]",
    "null": "null",
    "number": "1",
    "text": '"alice"',
    "byte order mark": "\ufeff{" + _GOOD + "}",
}


def _with_bytes(scene: Scene, data: bytes) -> str:
    return sealed(b'{"alg":"HS256"}', b'{"sub":"%s","exp":%d}' % (data, scene.now + 600))
